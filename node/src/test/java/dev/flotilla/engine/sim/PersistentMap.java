package dev.flotilla.engine.sim;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map of bytes to bytes; changes return a new map that shares most of the old
 * one. A treap whose priorities come from the keys, so equal content has equal shape.
 */
final class PersistentMap {
  static final PersistentMap EMPTY = new PersistentMap(null);

  /** An entry of the map and the root of a part of it. */
  record Node(
      @SuppressWarnings("ArrayRecordComponent") byte[] key,
      @SuppressWarnings("ArrayRecordComponent") byte[] value,
      int priority,
      @Nullable Node left,
      @Nullable Node right) {

    private Node withLeft(@Nullable Node newLeft) {
      return new Node(key, value, priority, newLeft, right);
    }

    private Node withRight(@Nullable Node newRight) {
      return new Node(key, value, priority, left, newRight);
    }
  }

  private record Halves(@Nullable Node below, @Nullable Node from) {}

  private final @Nullable Node root;

  private PersistentMap(@Nullable Node root) {
    this.root = root;
  }

  boolean isEmpty() {
    return root == null;
  }

  PersistentMap put(byte[] key, byte[] value) {
    // Mixed, because keys that differ in the last byte have hashes that differ by as little.
    int priority = Arrays.hashCode(key) * 0x9E3779B9;
    return new PersistentMap(
        put(root, new Node(key, value, priority ^ (priority >>> 15), null, null)));
  }

  /** A key that is there has the priority of {@code added}, so it is never below a split. */
  private static Node put(@Nullable Node node, Node added) {
    if (node == null) {
      return added;
    }
    int order = Arrays.compareUnsigned(added.key(), node.key());
    if (order == 0) {
      return new Node(added.key(), added.value(), node.priority(), node.left(), node.right());
    }
    if (added.priority() > node.priority()) {
      Halves halves = split(node, added.key());
      return new Node(added.key(), added.value(), added.priority(), halves.below(), halves.from());
    }
    return order < 0
        ? node.withLeft(put(node.left(), added))
        : node.withRight(put(node.right(), added));
  }

  PersistentMap remove(byte[] key) {
    return get(key) == null ? this : new PersistentMap(remove(root, key));
  }

  private static @Nullable Node remove(@Nullable Node node, byte[] key) {
    if (node == null) {
      return null;
    }
    int order = Arrays.compareUnsigned(key, node.key());
    if (order == 0) {
      return merge(node.left(), node.right());
    }
    return order < 0
        ? node.withLeft(remove(node.left(), key))
        : node.withRight(remove(node.right(), key));
  }

  /** Without the keys in {@code [start, end)}; null is no end. */
  PersistentMap removeRange(byte[] start, byte @Nullable [] end) {
    Node below = split(root, start).below();
    Node after = end == null ? null : split(root, end).from();
    return new PersistentMap(merge(below, after));
  }

  byte @Nullable [] get(byte[] key) {
    Node node = ceiling(key);
    return node != null && Arrays.equals(node.key(), key) ? node.value() : null;
  }

  /** First entry at or past the key. */
  @Nullable Node ceiling(byte[] key) {
    Node best = null;
    for (Node node = root; node != null; ) {
      if (Arrays.compareUnsigned(node.key(), key) >= 0) {
        best = node;
        node = node.left();
      } else {
        node = node.right();
      }
    }
    return best;
  }

  /** Last entry before the key. */
  @Nullable Node lower(byte[] key) {
    Node best = null;
    for (Node node = root; node != null; ) {
      if (Arrays.compareUnsigned(node.key(), key) < 0) {
        best = node;
        node = node.right();
      } else {
        node = node.left();
      }
    }
    return best;
  }

  @Nullable Node last() {
    Node node = root;
    while (node != null && node.right() != null) {
      node = node.right();
    }
    return node;
  }

  /** The smallest key greater than this one. */
  static byte[] successor(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  private static Halves split(@Nullable Node node, byte[] key) {
    if (node == null) {
      return new Halves(null, null);
    }
    if (Arrays.compareUnsigned(node.key(), key) < 0) {
      Halves right = split(node.right(), key);
      return new Halves(node.withRight(right.below()), right.from());
    }
    Halves left = split(node.left(), key);
    return new Halves(left.below(), node.withLeft(left.from()));
  }

  private static @Nullable Node merge(@Nullable Node below, @Nullable Node above) {
    if (below == null) {
      return above;
    }
    if (above == null) {
      return below;
    }
    return below.priority() >= above.priority()
        ? below.withRight(merge(below.right(), above))
        : above.withLeft(merge(below, above.left()));
  }
}
