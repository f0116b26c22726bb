// SPDX-License-Identifier: Apache-2.0
package dev.postern.keys;

import dev.postern.api.auth.Restrictions;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the options of one line as sshd does; what sshd would not take, and what it would take by chance, is refused. */
final class OptionParser {
    private static final Pattern VARIABLE = Pattern.compile("([A-Za-z0-9_]+)=(.*)", Pattern.DOTALL);
    private static final Pattern TIME = Pattern.compile("([0-9]{8})(?:([0-9]{4})([0-9]{2})?)?(Z?)");
    private static final Pattern PERMISSION =
            Pattern.compile("(?:\\[([^\\[\\]/]+)\\]|([^\\[\\]:/]+)):(\\*|[0-9]{1,5})");
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuuMMdd").withResolverStyle(ResolverStyle.STRICT);
    private static final int HOST_MOST = 1024;

    private final String text;
    private final ZoneId zone;
    private int position;

    private boolean authority;
    private Optional<List<String>> principals = Optional.empty();
    private Optional<String> from = Optional.empty();
    private Optional<Instant> endsAt = Optional.empty();
    private Optional<String> command = Optional.empty();
    private boolean pty = true;
    private boolean ports = true;
    private boolean agent = true;
    private boolean x11 = true;
    private boolean touch = true;
    private boolean verify;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<String> open = new ArrayList<>();
    private final List<String> listen = new ArrayList<>();

    OptionParser(String text, ZoneId zone) {
        this.text = text;
        this.zone = zone;
    }

    /** What is wrong with a line. */
    static final class BadLineException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String problem;

        BadLineException(String problem) {
            super(problem, null, false, false);
            this.problem = problem;
        }

        String problem() {
            return problem;
        }
    }

    /** Where the options that a line begins with end: at the first blank outside quotes. */
    static int end(String line) throws BadLineException {
        boolean quoted = false;
        int at = 0;
        for (; at < line.length(); at++) {
            char c = line.charAt(at);
            if (!quoted && (c == ' ' || c == '\t')) {
                break;
            }
            if (c == '\\' && at + 1 < line.length() && line.charAt(at + 1) == '"') {
                at++;
            } else if (c == '"') {
                quoted = !quoted;
            }
        }
        if (quoted) {
            throw new BadLineException("A quotation in the options has no end");
        }
        return Math.min(at, line.length());
    }

    AuthorizedKeyOptions parse() throws BadLineException {
        if (text.indexOf('\ufffd') >= 0) {
            throw new BadLineException("The options are not UTF-8");
        }
        while (true) {
            one();
            if (position == text.length()) {
                break;
            }
            if (text.charAt(position) != ',') {
                throw new BadLineException("What follows an option is not a comma");
            }
            position++;
            if (position == text.length()) {
                throw new BadLineException("There is no option behind the last comma");
            }
        }
        return new AuthorizedKeyOptions(authority, principals, from, endsAt, restrictions());
    }

    private Restrictions restrictions() {
        Restrictions all =
                Restrictions.NONE
                        .withPty(pty)
                        .withPortForwarding(ports)
                        .withAgentForwarding(agent)
                        .withX11Forwarding(x11)
                        .withFido(touch, verify)
                        .withEnvironment(environment);
        if (command.isPresent()) {
            all = all.withForceCommand(command.get());
        }
        if (!open.isEmpty()) {
            all = all.withLocalForwards(open);
        }
        return listen.isEmpty() ? all : all.withRemoteForwards(listen);
    }

    private void one() throws BadLineException {
        int start = position;
        while (position < text.length() && ",=\"".indexOf(text.charAt(position)) < 0) {
            position++;
        }
        String name = text.substring(start, position).toLowerCase(Locale.ROOT);
        if (position < text.length() && text.charAt(position) == '=') {
            position++;
            valued(name, quoted(name));
        } else {
            flag(name);
        }
    }

    private void flag(String option) throws BadLineException {
        boolean on = !option.startsWith("no-");
        switch (on ? option : option.substring("no-".length())) {
            case "port-forwarding" -> ports = on;
            case "agent-forwarding" -> agent = on;
            case "x11-forwarding" -> x11 = on;
            case "pty" -> pty = on;
            case "touch-required" -> touch = on;
            case "verify-required" -> verify = on;
            // A gateway runs no rc file, so either way holds.
            case "user-rc" -> {}
            case "restrict" -> {
                positive(on, option);
                ports = false;
                agent = false;
                x11 = false;
                pty = false;
            }
            case "cert-authority" -> {
                positive(on, option);
                authority = true;
            }
            default ->
                    throw new BadLineException("The option '" + shown(option) + "' is not known");
        }
    }

    private static void positive(boolean on, String option) throws BadLineException {
        if (!on) {
            throw new BadLineException("The option '" + shown(option) + "' is not known");
        }
    }

    private void valued(String name, String value) throws BadLineException {
        switch (name) {
            case "command" -> {
                once(name, command.isPresent());
                command = Optional.of(value);
            }
            case "principals" -> {
                once(name, principals.isPresent());
                principals = Optional.of(List.of(value.split(",", -1)));
            }
            case "from" -> {
                once(name, from.isPresent());
                from = Optional.of(value);
            }
            case "expiry-time" -> {
                Instant end = time(value);
                endsAt = Optional.of(endsAt.filter(e -> e.isBefore(end)).orElse(end));
            }
            case "environment" -> {
                Matcher variable = VARIABLE.matcher(value);
                if (!variable.matches()) {
                    throw new BadLineException("environment is not of the form NAME=value");
                }
                // The first of a name wins, as under sshd.
                environment.putIfAbsent(variable.group(1), variable.group(2));
            }
            case "permitopen" -> open.add(permission(name, value));
            case "permitlisten" ->
                    listen.add(permission(name, value.indexOf(':') < 0 ? "*:" + value : value));
            // A gateway has no tunnel devices to give, so there is nothing to force.
            case "tunnel" -> {}
            default -> throw new BadLineException("The option '" + shown(name) + "' is not known");
        }
    }

    private static void once(String name, boolean already) throws BadLineException {
        if (already) {
            throw new BadLineException("The option '" + name + "' is there twice");
        }
    }

    private String quoted(String name) throws BadLineException {
        if (position == text.length() || text.charAt(position) != '"') {
            throw new BadLineException("The value of '" + shown(name) + "' is not in quotes");
        }
        StringBuilder value = new StringBuilder();
        for (position++; position < text.length(); position++) {
            char c = text.charAt(position);
            if (c == '"') {
                position++;
                return value.toString();
            }
            if (c == '\\' && position + 1 < text.length() && text.charAt(position + 1) == '"') {
                position++;
                value.append('"');
            } else {
                value.append(c);
            }
        }
        throw new BadLineException("The value of '" + shown(name) + "' has no end quote");
    }

    private static String permission(String name, String value) throws BadLineException {
        Matcher matcher = PERMISSION.matcher(value);
        if (!matcher.matches() || value.length() > HOST_MOST) {
            throw new BadLineException(name + " is not of the form host:port");
        }
        String port = matcher.group(3);
        if (!port.equals("*") && (Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535)) {
            throw new BadLineException(name + " names port " + port + ", expected 1 to 65535 or *");
        }
        return value;
    }

    /** The first instant at which sshd would refuse: it compares whole seconds and lets the last one in. */
    private Instant time(String value) throws BadLineException {
        Matcher matcher = TIME.matcher(value);
        if (!matcher.matches()) {
            throw new BadLineException("expiry-time is not of the form YYYYMMDD[HHMM[SS]][Z]");
        }
        try {
            LocalDate date = LocalDate.parse(matcher.group(1), DATE);
            LocalTime clock = LocalTime.MIDNIGHT;
            if (matcher.group(2) != null) {
                int hours = Integer.parseInt(matcher.group(2).substring(0, 2));
                int minutes = Integer.parseInt(matcher.group(2).substring(2));
                int seconds = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
                clock = LocalTime.of(hours, minutes, seconds);
            }
            ZoneId of = matcher.group(4).isEmpty() ? zone : ZoneOffset.UTC;
            Instant last = LocalDateTime.of(date, clock).atZone(of).toInstant();
            if (last.getEpochSecond() <= 0) {
                throw new BadLineException("expiry-time lies before 1970");
            }
            return last.plusSeconds(1);
        } catch (DateTimeException e) {
            throw new BadLineException("expiry-time is not a date and a time");
        }
    }

    private static String shown(String name) {
        String cut = name.length() > 40 ? name.substring(0, 40) + "..." : name;
        return cut.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
