package dev.flotilla.node;

import dev.flotilla.config.HostPort;
import dev.flotilla.security.TestAuthority.Holder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509TrustManager;

/** Knocks at a port in the ways that an encrypted port must answer, or not. */
final class PortProbe {
  private static final int PATIENCE_MILLIS = 20_000;

  /** How long a server that has accepted us is listened to; what it might say is a refusal. */
  private static final int ACCEPTED_MILLIS = 300;

  /** First byte of an alert of TLS, which is how such a port answers what is not TLS. */
  private static final int ALERT = 0x15;

  private PortProbe() {}

  /** Whether an unencrypted connection gets nothing but an alert. */
  static boolean refusesPlaintext(HostPort port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(port.host(), port.port()));
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket
          .getOutputStream()
          .write("GET /status HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      int first = read(socket.getInputStream());
      return first == -1 || first == ALERT;
    }
  }

  /** Whether a client that shows nothing is turned away. */
  static boolean refusesNobody(HostPort port) throws Exception {
    return refuses(port, context(new KeyManager[0]));
  }

  /** Whether a client is turned away that shows this certificate. */
  static boolean refuses(HostPort port, Holder holder) throws Exception {
    return refuses(port, context(holder.keys()));
  }

  private static boolean refuses(HostPort port, SSLContext context) throws IOException {
    try (SSLSocket socket = connect(port, context)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.startHandshake();
      // The client is done with the handshake before the server has judged it.
      return socket.getInputStream().read() == -1;
    } catch (SocketTimeoutException accepted) {
      return false;
    } catch (IOException refused) {
      return true;
    }
  }

  /** The certificate that the port shows to a client that it accepts. */
  static X509Certificate certificate(HostPort port, Holder holder) throws Exception {
    try (SSLSocket socket = connect(port, holder.credentials().context())) {
      socket.setSoTimeout(ACCEPTED_MILLIS);
      socket.startHandshake();
      try {
        if (socket.getInputStream().read() == -1) {
          throw new SSLException("closed");
        }
      } catch (SocketTimeoutException listening) {
        // It waits for what we say.
      }
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static SSLSocket connect(HostPort port, SSLContext context) throws IOException {
    return (SSLSocket) context.getSocketFactory().createSocket(port.host(), port.port());
  }

  /** Believes everybody: what a client thinks of the server is not what is probed. */
  private static SSLContext context(KeyManager[] keys) throws Exception {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(
        keys,
        new X509TrustManager[] {
          new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String kind) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String kind) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
              return new X509Certificate[0];
            }
          }
        },
        null);
    return context;
  }

  private static int read(InputStream in) {
    try {
      return in.read();
    } catch (SocketTimeoutException silent) {
      throw new AssertionError("neither answers nor closes", silent);
    } catch (IOException reset) {
      return -1;
    }
  }

  /** Ports on which a process listens, as Linux tells. */
  static Set<Integer> listening(long process) throws IOException {
    Path proc = Path.of("/proc", Long.toString(process));
    Set<String> own = new TreeSet<>();
    try (Stream<Path> handles = Files.list(proc.resolve("fd"))) {
      for (Path handle : handles.toList()) {
        try {
          own.add(Files.readSymbolicLink(handle).toString());
        } catch (NoSuchFileException closed) {
          // Sockets that listen stay open; this was another.
        }
      }
    }
    Set<Integer> ports = new TreeSet<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(proc.resolve("net").resolve(table))) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields[3].equals("0A") && own.contains("socket:[" + fields[9] + "]")) {
          ports.add(Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16));
        }
      }
    }
    return ports;
  }
}
