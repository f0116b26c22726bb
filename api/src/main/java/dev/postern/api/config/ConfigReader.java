// SPDX-License-Identifier: Apache-2.0
package dev.postern.api.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException.Missing;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.postern.api.value.Secret;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a HOCON section strictly. Nothing is thrown for a wrong value: the problem is collected, a harmless stand-in is
 * returned, and reading goes on, so that all problems are found at once. {@link #finish} adds the keys that nobody read.
 *
 * <p>Defaults are never given here; they stand in {@code reference.conf}. A key whose default is {@code null} must be set
 * by the user, or is read with one of the {@code optional} methods. For one thread.
 */
public final class ConfigReader {
    private static final Pattern QUANTITY =
            Pattern.compile("\\s*([0-9]+(?:\\.[0-9]+)?)\\s*([A-Za-z]*)\\s*");

    private final Config config;
    private final String prefix;
    private final List<ConfigProblem> problems;
    private final Set<String> used = new TreeSet<>();
    private final List<ConfigReader> children = new ArrayList<>();

    private ConfigReader(Config config, String prefix, List<ConfigProblem> problems) {
        this.config = config;
        this.prefix = prefix;
        this.problems = problems;
    }

    /**
     * A reader of a resolved section.
     *
     * @param config the section, with its defaults already under it
     * @param path the section's own dotted path, for messages
     */
    public static ConfigReader of(Config config, String path) {
        return new ConfigReader(config, path, new ArrayList<>());
    }

    /** The dotted path of this section. */
    public String path() {
        return prefix;
    }

    /** A text; must be set. */
    public String string(String key) {
        return value(key, ConfigValueType.STRING, "a text")
                .map(v -> (String) v.unwrapped())
                .orElse("");
    }

    /** A text that may be absent or {@code null}. */
    public Optional<String> optionalString(String key) {
        used.add(key);
        return present(key) ? Optional.of(string(key)) : Optional.empty();
    }

    /** A text that must not be shown. */
    public Optional<Secret> optionalSecret(String key) {
        return optionalString(key).map(Secret::of);
    }

    /** A text of a form; {@code expected} completes the sentence "expected ...". */
    public String string(String key, Pattern form, String expected) {
        String text = string(key);
        if (present(key) && !form.matcher(text).matches()) {
            problem(key, "is '" + text + "', expected " + expected);
        }
        return text;
    }

    /** {@code true} or {@code false}. */
    public boolean bool(String key) {
        return value(key, ConfigValueType.BOOLEAN, "true or false")
                .map(v -> (Boolean) v.unwrapped())
                .orElse(false);
    }

    /** A whole number in a range, both ends included. */
    public int integer(String key, int least, int most) {
        return (int) wholeNumber(key, least, most);
    }

    /** A whole number in a range, both ends included. */
    public long wholeNumber(String key, long least, long most) {
        Optional<ConfigValue> value = value(key, ConfigValueType.NUMBER, "a whole number");
        if (value.isEmpty()) {
            return least;
        }
        Number number = (Number) value.get().unwrapped();
        if (number.doubleValue() != Math.rint(number.doubleValue())
                || number.longValue() < least
                || number.longValue() > most) {
            problem(
                    key,
                    "is " + number + ", expected a whole number from " + least + " to " + most);
            return least;
        }
        return number.longValue();
    }

    /** A number in a range, both ends included. */
    public double number(String key, double least, double most) {
        Optional<ConfigValue> value = value(key, ConfigValueType.NUMBER, "a number");
        if (value.isEmpty()) {
            return least;
        }
        double number = ((Number) value.get().unwrapped()).doubleValue();
        if (number < least || number > most) {
            problem(key, "is " + number + ", expected a number from " + least + " to " + most);
            return least;
        }
        return number;
    }

    /** A duration with its unit, such as {@code 30s}, {@code 500ms} or {@code 2 minutes}; in a range, both ends included. */
    public Duration duration(String key, Duration least, Duration most) {
        Optional<Duration> read =
                quantity(key, "a duration with a unit, such as 30s", ConfigReader::durationUnit)
                        .map(nanos -> Duration.ofNanos(nanos.longValue()));
        if (read.isEmpty()) {
            return least;
        }
        Duration duration = read.get();
        if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            problem(
                    key,
                    "is "
                            + config.getValue(quoted(key)).unwrapped()
                            + ", expected "
                            + text(least)
                            + " to "
                            + text(most));
            return least;
        }
        return duration;
    }

    /** A duration that may be absent or {@code null}. */
    public Optional<Duration> optionalDuration(String key, Duration least, Duration most) {
        used.add(key);
        return present(key) ? Optional.of(duration(key, least, most)) : Optional.empty();
    }

    /** A size with its unit, such as {@code 256 KiB} or {@code 1 MiB}, in bytes; in a range, both ends included. */
    public long size(String key, long least, long most) {
        Optional<BigDecimal> read =
                quantity(key, "a size with a unit, such as 2 MiB", ConfigReader::sizeUnit);
        if (read.isEmpty()) {
            return least;
        }
        long bytes = read.get().longValue();
        if (bytes < least || bytes > most) {
            problem(
                    key,
                    "is "
                            + config.getValue(quoted(key)).unwrapped()
                            + ", expected "
                            + least
                            + " to "
                            + most
                            + " bytes");
            return least;
        }
        return bytes;
    }

    /** A list of texts. */
    public List<String> strings(String key) {
        Optional<ConfigValue> value = value(key, ConfigValueType.LIST, "a list of texts");
        if (value.isEmpty()) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (Object item : (List<?>) value.get().unwrapped()) {
            if (item instanceof String text) {
                texts.add(text);
            } else {
                problem(key, "holds '" + item + "', expected only texts");
            }
        }
        return List.copyOf(texts);
    }

    /** A list of texts that may be absent or {@code null}. */
    public Optional<List<String>> optionalStrings(String key) {
        used.add(key);
        return present(key) ? Optional.of(strings(key)) : Optional.empty();
    }

    /** One of an enum's names, written in lower case with {@code -}. */
    public <E extends Enum<E>> E oneOf(String key, Class<E> type) {
        E[] constants = type.getEnumConstants();
        String text = string(key);
        List<String> names = new ArrayList<>();
        for (E constant : constants) {
            String name = constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (name.equals(text)) {
                return constant;
            }
            names.add(name);
        }
        if (present(key)) {
            problem(key, "is '" + text + "', expected one of " + String.join(", ", names));
        }
        return constants[0];
    }

    /** A text turned into a value; an {@link IllegalArgumentException} of the parser becomes a problem with its message. */
    public <T> T parsed(String key, Function<String, T> parser, T standIn) {
        String text = string(key);
        if (!present(key)) {
            return standIn;
        }
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            problem(key, "is '" + text + "': " + e.getMessage());
            return standIn;
        }
    }

    /** A nested section; an absent one reads as empty. */
    public ConfigReader section(String key) {
        Config nested =
                value(key, ConfigValueType.OBJECT, "a section { ... }")
                        .map(v -> config.getConfig(quoted(key)))
                        .orElseGet(com.typesafe.config.ConfigFactory::empty);
        return child(nested, key);
    }

    /** Whether a nested section is there. */
    public boolean hasSection(String key) {
        return present(key) && config.getValue(quoted(key)).valueType() == ConfigValueType.OBJECT;
    }

    /** The named sections of a section, sorted by name. */
    public Map<String, ConfigReader> sections(String key) {
        ConfigReader parent = section(key);
        Map<String, ConfigReader> named = new LinkedHashMap<>();
        for (String name : parent.keys()) {
            if (parent.config.getValue(quoted(name)).valueType() == ConfigValueType.OBJECT) {
                named.put(name, parent.section(name));
            } else {
                parent.used.add(name);
                parent.problem(name, "is not a section, expected '" + name + " { ... }'");
            }
        }
        return named;
    }

    /** All texts of a section whose keys are free, such as variables; sorted by key. */
    public Map<String, String> texts(String key) {
        ConfigReader parent = section(key);
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : parent.keys()) {
            texts.put(name, parent.string(name));
        }
        return texts;
    }

    /** The keys of this section, sorted. */
    public Set<String> keys() {
        return new TreeSet<>(config.root().keySet());
    }

    /** Whether a key is set to something other than {@code null}. */
    public boolean present(String key) {
        return config.hasPath(quoted(key));
    }

    /** Says that a key is known although it is not read here. */
    public void ignore(String key) {
        used.add(key);
    }

    /** Adds a problem of the caller's own. */
    public void problem(String key, String message) {
        Optional<String> origin =
                Optional.ofNullable(config.root().get(key))
                        .map(ConfigValue::origin)
                        .map(ConfigReader::describe);
        problems.add(new ConfigProblem(join(key), message, origin));
    }

    /** The problems so far, of nested sections too. */
    public List<ConfigProblem> problems() {
        return List.copyOf(problems);
    }

    /** Adds a problem for every key that nobody has read, here and in nested sections, with the nearest known key. */
    public void finish() {
        for (String key : keys()) {
            if (!used.contains(key)) {
                String hint = nearest(key, used).map(n -> ", did you mean '" + n + "'?").orElse("");
                problem(key, "is not a known key" + hint);
            }
        }
        children.forEach(ConfigReader::finish);
    }

    /**
     * The nearest of some names to a word, if any is near enough to be a slip of the finger.
     *
     * @param word as written
     * @param known the names that exist
     */
    public static Optional<String> nearest(String word, Iterable<String> known) {
        List<String> names = new ArrayList<>();
        known.forEach(names::add);
        return names.stream()
                .filter(n -> distance(word, n) <= Math.max(1, Math.min(3, word.length() / 3)))
                .min(
                        Comparator.comparingInt((String n) -> distance(word, n))
                                .thenComparing(n -> n));
    }

    private ConfigReader child(Config nested, String key) {
        ConfigReader reader = new ConfigReader(nested, join(key), problems);
        children.add(reader);
        return reader;
    }

    private String join(String key) {
        return prefix.isEmpty() ? key : prefix + "." + key;
    }

    private Optional<ConfigValue> value(String key, ConfigValueType type, String expected) {
        used.add(key);
        ConfigValue value;
        try {
            value = config.getValue(quoted(key));
        } catch (Missing e) {
            if (type != ConfigValueType.OBJECT) {
                problem(key, "is not set, expected " + expected);
            }
            return Optional.empty();
        }
        if (value.valueType() != type) {
            problem(key, "is '" + value.unwrapped() + "', expected " + expected);
            return Optional.empty();
        }
        return Optional.of(value);
    }

    private Optional<BigDecimal> quantity(
            String key, String expected, Function<String, Optional<BigDecimal>> units) {
        used.add(key);
        if (!present(key)) {
            problem(key, "is not set, expected " + expected);
            return Optional.empty();
        }
        String text = String.valueOf(config.getValue(quoted(key)).unwrapped());
        Matcher matcher = QUANTITY.matcher(text);
        Optional<BigDecimal> unit =
                matcher.matches() ? units.apply(matcher.group(2)) : Optional.empty();
        if (unit.isEmpty()) {
            problem(key, "is '" + text + "', expected " + expected);
            return Optional.empty();
        }
        // Longs wrap; what is too much for one is too much for every range.
        return Optional.of(
                new BigDecimal(matcher.group(1))
                        .multiply(unit.get())
                        .min(BigDecimal.valueOf(Long.MAX_VALUE)));
    }

    private static Optional<BigDecimal> durationUnit(String unit) {
        long nanos =
                switch (unit) {
                    case "ns", "nano", "nanos", "nanosecond", "nanoseconds" -> 1L;
                    case "us", "micro", "micros", "microsecond", "microseconds" -> 1_000L;
                    case "ms", "milli", "millis", "millisecond", "milliseconds" -> 1_000_000L;
                    case "s", "second", "seconds" -> 1_000_000_000L;
                    case "m", "minute", "minutes" -> 60_000_000_000L;
                    case "h", "hour", "hours" -> 3_600_000_000_000L;
                    case "d", "day", "days" -> 86_400_000_000_000L;
                    default -> 0L;
                };
        return nanos == 0 ? Optional.empty() : Optional.of(BigDecimal.valueOf(nanos));
    }

    private static Optional<BigDecimal> sizeUnit(String unit) {
        long bytes =
                switch (unit) {
                    case "B", "byte", "bytes" -> 1L;
                    case "KiB" -> 1L << 10;
                    case "MiB" -> 1L << 20;
                    case "GiB" -> 1L << 30;
                    case "TiB" -> 1L << 40;
                    default -> 0L;
                };
        return bytes == 0 ? Optional.empty() : Optional.of(BigDecimal.valueOf(bytes));
    }

    private static String text(Duration duration) {
        if (duration.toMillis() % 1000 != 0) {
            return duration.toMillis() + "ms";
        }
        return duration.toSeconds() + "s";
    }

    private static String quoted(String key) {
        return ConfigUtil.quoteString(key);
    }

    private static String describe(ConfigOrigin origin) {
        String file = origin.filename() == null ? origin.description() : origin.filename();
        return origin.filename() != null && origin.lineNumber() > 0
                ? file + ":" + origin.lineNumber()
                : file;
    }

    /** Edits needed to turn one word into the other, a swap of neighbours counting as one. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] =
                        Math.min(
                                Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1),
                                d[i - 1][j - 1] + change);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
