package dev.flotilla.coprocessor.api;

/**
 * An admin command, to look at and to edit, before it is proposed.
 *
 * <p>Edits belong to the call that makes them: if it throws, they are dropped. After it the node
 * checks that split keys ascend strictly and lie inside the region, past its start; a command that
 * fails this counts as a failure of the plugin.
 */
public interface AdminCommand extends AdminView {

  /**
   * Moves split key {@code index}.
   *
   * @throws UnsupportedOperationException when the command is no SPLIT
   */
  void setSplitKey(int index, Bytes key);

  /** Whether this call has edited anything yet. */
  boolean isAltered();
}
