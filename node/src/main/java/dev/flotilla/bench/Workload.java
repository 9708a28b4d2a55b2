package dev.flotilla.bench;

/** What is asked for, in percent; the letters are those of the Yahoo! Cloud Serving Benchmark. */
enum Workload {
  PUT("put", 0, 100, 0, 0),
  GET("get", 100, 0, 0, 0),
  SCAN("scan", 0, 0, 100, 0),
  A("A", 50, 50, 0, 0),
  B("B", 95, 5, 0, 0),
  C("C", 100, 0, 0, 0),
  E("E", 0, 0, 95, 5),
  /** Calls that the node answers without its store: what gRPC costs. */
  ECHO("echo", 0, 0, 0, 0);

  private final String title;
  private final int gets;
  private final int puts;
  private final int scans;
  private final int inserts;

  Workload(String title, int gets, int puts, int scans, int inserts) {
    this.title = title;
    this.gets = gets;
    this.puts = puts;
    this.scans = scans;
    this.inserts = inserts;
  }

  /** Kinds of request. */
  enum Kind {
    GET,
    PUT,
    SCAN,
    INSERT,
    ECHO
  }

  /** The kind of a request that drew {@code percent}, 0 to 99. */
  Kind kind(int percent) {
    if (percent < gets) {
      return Kind.GET;
    } else if (percent < gets + puts) {
      return Kind.PUT;
    } else if (percent < gets + puts + scans) {
      return Kind.SCAN;
    } else if (percent < gets + puts + scans + inserts) {
      return Kind.INSERT;
    }
    return Kind.ECHO;
  }

  /** Whether keys must be there before it starts. */
  boolean reads() {
    return gets + scans > 0;
  }

  @Override
  public String toString() {
    return title;
  }
}
