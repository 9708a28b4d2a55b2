package dev.flotilla.node;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT as a request. With the JVM's own handling a process that was told to stop ends
 * with status 143 or 130, even though it stopped as it should.
 *
 * <p>{@code sun.misc.Signal} is supported by all JDKs but may not be named without a compiler
 * warning, hence the reflection.
 */
final class StopSignals {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

  private StopSignals() {}

  /**
   * Runs {@code action} at each of these signals, on a thread of the JVM. Where that is not
   * possible, the JVM's own handling stays.
   */
  static void onStop(Runnable action) {
    for (String name : new String[] {"TERM", "INT"}) {
      try {
        handle(name, action);
      } catch (ReflectiveOperationException e) {
        LOG.warn("cannot handle SIG{}: the process will end without an orderly stop", name, e);
      }
    }
  }

  private static void handle(String name, Runnable action) throws ReflectiveOperationException {
    Class<?> signalType = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    InvocationHandler invocations =
        (proxy, method, args) ->
            switch (method.getName()) {
              case "handle" -> {
                action.run();
                yield null;
              }
              case "hashCode" -> System.identityHashCode(proxy);
              case "equals" -> args[0] == proxy;
              default -> "stop on SIG" + name;
            };
    Object handler =
        Proxy.newProxyInstance(
            StopSignals.class.getClassLoader(), new Class<?>[] {handlerType}, invocations);
    signalType
        .getMethod("handle", signalType, handlerType)
        .invoke(null, signalType.getConstructor(String.class).newInstance(name), handler);
  }
}
