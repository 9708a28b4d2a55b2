/** What the connections of servers and of clients have in common. */
@NullMarked
package dev.flotilla.connection;

import org.jspecify.annotations.NullMarked;
