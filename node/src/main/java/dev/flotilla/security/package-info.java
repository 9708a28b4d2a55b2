/**
 * Mutual TLS: what this process proves itself with, and whom it believes. Vert.x and the JDK do the
 * work; here is only which files they use, and that replaced files are taken in.
 */
@NullMarked
package dev.flotilla.security;

import org.jspecify.annotations.NullMarked;
