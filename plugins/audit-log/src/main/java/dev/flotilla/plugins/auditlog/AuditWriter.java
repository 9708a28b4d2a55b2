package dev.flotilla.plugins.auditlog;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Takes records from any thread, without waiting, and writes them from its own, once it is its turn
 * to have the files. What does not fit into the queue is counted, and the count is written in its
 * place.
 */
final class AuditWriter {
  private static final int BATCH_MAX = 256;
  private static final Map<String, Object> END = Map.of();

  private final Opening opening;
  private final Clock clock;
  private final Logger logger;
  private final BlockingQueue<Map<String, Object>> queue;
  private final AtomicLong lost = new AtomicLong();
  private final Thread thread = new Thread(this::run, "audit-log");
  private CompletableFuture<Void> turn = new CompletableFuture<>();

  /** Null until it is this one's turn; from the start of the thread on, the thread's. */
  private @Nullable AuditFiles files;

  /** Opens the log. */
  interface Opening {
    AuditFiles open() throws IOException;
  }

  AuditWriter(Opening opening, int queueEntries, Clock clock, Logger logger) {
    this.opening = opening;
    this.clock = clock;
    this.logger = logger;
    this.queue = new ArrayBlockingQueue<>(queueEntries);
    thread.setDaemon(true);
  }

  /**
   * Begins to write, after {@code before}.
   *
   * @throws IOException when the log could be opened at once and was not
   */
  void start(CompletionStage<Void> before) throws IOException {
    turn = before.toCompletableFuture();
    if (turn.isDone()) {
      files = open();
    }
    thread.start();
  }

  private AuditFiles open() throws IOException {
    AuditFiles opened = opening.open();
    if (opened.tornBytes() > 0) {
      write("torn-line-dropped", Map.of("bytes", opened.tornBytes()));
    }
    return opened;
  }

  /** Takes a record; its time is now. */
  void write(String event, Map<String, Object> fields) {
    if (!queue.offer(record(event, fields))) {
      lost.incrementAndGet();
    }
  }

  private Map<String, Object> record(String event, Map<String, Object> fields) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("time", clock.instant());
    record.put("event", event);
    record.putAll(fields);
    return record;
  }

  /**
   * Writes what was taken so far, if it has come to its turn, then ends the thread and closes the
   * log.
   */
  void stop() throws InterruptedException, IOException {
    boolean waiting = turn.cancel(false);
    if (!waiting) {
      queue.put(END);
    }
    thread.join();
    if (files != null) {
      files.close();
    }
  }

  private void run() {
    try {
      turn.join();
    } catch (CancellationException stopped) {
      long dropped = queue.size() + lost.get();
      logger.warn("{} records are lost: it was never this one's turn to write", dropped);
      return;
    }
    List<Map<String, Object>> batch = new ArrayList<>();
    boolean ended = false;
    while (!ended) {
      batch.clear();
      try {
        batch.add(queue.take());
      } catch (InterruptedException e) {
        // Only stop() ends this thread, so that nothing that was taken is left unwritten.
        continue;
      }
      queue.drainTo(batch, BATCH_MAX);
      ended = batch.removeIf(record -> record.isEmpty());
      append(batch);
    }
  }

  private void append(List<Map<String, Object>> batch) {
    List<String> lines = new ArrayList<>();
    long gone = lost.getAndSet(0);
    if (gone > 0) {
      lines.add(Json.members(record("lost", Map.of("records", gone))));
    }
    try {
      if (files == null) {
        files = open();
      }
      batch.forEach(record -> lines.add(Json.members(record)));
      files.append(lines);
    } catch (IOException | RuntimeException e) {
      // This thread goes on whatever happens: nobody else takes from the queue.
      lost.addAndGet(gone + batch.size());
      logger.error("{} records could not be written", batch.size(), e);
    }
  }
}
