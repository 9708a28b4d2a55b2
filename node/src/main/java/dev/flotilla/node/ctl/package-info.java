/** {@code flotilla ctl}: asks a running cluster, and reads and writes single keys. */
@NullMarked
package dev.flotilla.node.ctl;

import org.jspecify.annotations.NullMarked;
