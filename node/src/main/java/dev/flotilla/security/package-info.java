/**
 * Mutual TLS: what this process proves itself with, and whom it believes. Vert.x and the JDK do the
 * work; here is which files they use, that replaced files are taken in, and whose certificate
 * speaks for which store.
 */
@NullMarked
package dev.flotilla.security;

import org.jspecify.annotations.NullMarked;
