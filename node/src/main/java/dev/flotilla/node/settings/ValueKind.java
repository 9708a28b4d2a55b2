package dev.flotilla.node.settings;

import dev.flotilla.config.HostPort;
import dev.flotilla.config.Labels;
import dev.flotilla.config.SettingText;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a value may be, and how it is read and shown. */
enum ValueKind {
  SWITCH {
    @Override
    Object parse(String text) {
      return switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new IllegalArgumentException("'" + text + "' is not true or false");
      };
    }
  },
  INT {
    @Override
    Object parse(String text) {
      // Past the range of an int it is past every setting's range as well.
      return number(text).min(INT_MAX).max(INT_MIN).intValue();
    }
  },
  LONG {
    @Override
    Object parse(String text) {
      BigInteger number = number(text);
      if (number.bitLength() >= Long.SIZE) {
        throw new IllegalArgumentException(
            text + " is not within " + Long.MIN_VALUE + " to " + Long.MAX_VALUE);
      }
      return number.longValue();
    }
  },
  INT_BYTES {
    @Override
    Object parse(String text) {
      // Past the range of an int it is past every setting's range as well.
      return (int) Math.min(Integer.MAX_VALUE, SettingText.parseBytes(text));
    }

    @Override
    Object show(Object value) {
      return SettingText.ofBytes((int) value);
    }
  },
  LONG_BYTES {
    @Override
    Object parse(String text) {
      return SettingText.parseBytes(text);
    }

    @Override
    Object show(Object value) {
      return SettingText.ofBytes((long) value);
    }
  },
  DURATION {
    @Override
    Object parse(String text) {
      return SettingText.parseDuration(text);
    }

    @Override
    Object show(Object value) {
      return SettingText.of((Duration) value);
    }
  },
  PATH {
    @Override
    Object parse(String text) {
      if (text.isBlank()) {
        throw new IllegalArgumentException("the path is empty");
      }
      try {
        return Path.of(text);
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException("'" + text + "' is not a path", e);
      }
    }

    @Override
    Object show(Object value) {
      return value.toString();
    }
  },
  ADDRESS {
    @Override
    Object parse(String text) {
      return HostPort.parse(text);
    }

    @Override
    Object show(Object value) {
      return value.toString();
    }
  },
  LABELS {
    @Override
    Object parse(String text) {
      return Labels.parse(text);
    }

    @Override
    Object show(Object value) {
      return value.toString();
    }
  },
  /** The empty text is none. */
  ADDRESS_OR_NONE {
    @Override
    Object parse(String text) {
      return text.isBlank() ? Optional.empty() : Optional.of(HostPort.parse(text));
    }

    @Override
    Object show(Object value) {
      return ((Optional<?>) value).map(Object::toString).orElse("");
    }
  },
  /** The empty text is none. */
  PATH_OR_NONE {
    @Override
    Object parse(String text) {
      return text.isBlank() ? Optional.empty() : Optional.of(PATH.parse(text));
    }

    @Override
    Object show(Object value) {
      return ((Optional<?>) value).map(Object::toString).orElse("");
    }
  },
  /** The empty text is none. */
  NAME_OR_NONE {
    @Override
    Object parse(String text) {
      return text.isBlank() ? Optional.empty() : Optional.of(text);
    }

    @Override
    Object show(Object value) {
      return ((Optional<?>) value).map(Object::toString).orElse("");
    }
  },
  /** Names with commas between them; the empty text is none. */
  NAMES {
    @Override
    Object parse(String text) {
      return parts(text).toList();
    }

    @Override
    Object show(Object value) {
      return joined((List<?>) value);
    }
  },
  /** Addresses with commas between them; the empty text is none. */
  ADDRESSES {
    @Override
    Object parse(String text) {
      return parts(text).map(HostPort::parse).toList();
    }

    @Override
    Object show(Object value) {
      return joined((List<?>) value);
    }
  };

  private static final BigInteger INT_MAX = BigInteger.valueOf(Integer.MAX_VALUE);
  private static final BigInteger INT_MIN = BigInteger.valueOf(Integer.MIN_VALUE);

  /**
   * Reads a value of this kind.
   *
   * @throws IllegalArgumentException saying what is expected
   */
  abstract Object parse(String text);

  /** The value as text, number or boolean, in the form that {@link #parse} reads. */
  Object show(Object value) {
    return value;
  }

  /** The kind of a record component; numbers with "bytes" in their name are sizes. */
  static ValueKind of(RecordComponent component) {
    Class<?> type = component.getType();
    boolean bytes = component.getName().matches("bytes.*|.*Bytes.*");
    if (type == boolean.class) {
      return SWITCH;
    } else if (type == int.class) {
      return bytes ? INT_BYTES : INT;
    } else if (type == long.class) {
      return bytes ? LONG_BYTES : LONG;
    } else if (type == Duration.class) {
      return DURATION;
    } else if (type == Path.class) {
      return PATH;
    } else if (type == HostPort.class) {
      return ADDRESS;
    } else if (type == Labels.class) {
      return LABELS;
    } else if (type == Optional.class) {
      return isOf(component, Path.class)
          ? PATH_OR_NONE
          : isOf(component, String.class) ? NAME_OR_NONE : ADDRESS_OR_NONE;
    } else if (type == List.class) {
      return isOf(component, String.class) ? NAMES : ADDRESSES;
    }
    throw new AssertionError("no kind of setting: " + component);
  }

  private static Stream<String> parts(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).filter(part -> !part.isEmpty());
  }

  private static String joined(List<?> values) {
    return values.stream().map(Object::toString).collect(Collectors.joining(","));
  }

  private static boolean isOf(RecordComponent component, Class<?> element) {
    return component.getGenericType() instanceof ParameterizedType generic
        && generic.getActualTypeArguments()[0].equals(element);
  }

  private static BigInteger number(String text) {
    try {
      return new BigInteger(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a whole number", e);
    }
  }
}
