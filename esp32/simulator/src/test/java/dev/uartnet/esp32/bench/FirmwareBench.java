package dev.uartnet.esp32.bench;

import dev.uartnet.esp32.Firmware;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The bench of the firmware's stand-ins (esp32/unix/standin/bench.py): a line of Python a datagram, answered with the result's repr. */
public final class FirmwareBench implements Bench, AutoCloseable {
    private static final InetAddress LOCALHOST = InetAddress.getLoopbackAddress();
    private static final int ANSWER_SECONDS = 20;
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int ANSWER_BYTES = 1500;
    private static final String ERROR = "error: ";

    private final DatagramSocket socket;
    private @Nullable SocketAddress board; // its newest life

    private FirmwareBench(DatagramSocket socket) {
        this.socket = socket;
    }

    /** The bench of a firmware that is started with {@link #addTo}. */
    public static FirmwareBench open() throws SocketException {
        DatagramSocket socket = new DatagramSocket(0, LOCALHOST);
        socket.setSoTimeout(Math.toIntExact(TimeUnit.SECONDS.toMillis(ANSWER_SECONDS)));
        return new FirmwareBench(socket);
    }

    /** Tells a firmware where this is: it says an empty datagram when it starts, and again after each reset. */
    public Firmware.Builder addTo(Firmware.Builder firmware) {
        return firmware.environment("UARTNET_BENCH", Integer.toString(socket.getLocalPort()));
    }

    private String run(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        DatagramPacket answer = new DatagramPacket(new byte[ANSWER_BYTES], ANSWER_BYTES);
        try {
            if (board != null) {
                socket.send(new DatagramPacket(bytes, bytes.length, board));
            }
            socket.receive(answer);
            while (answer.getLength() == 0) { // started, or reset since the last line: this one went to nobody
                board = answer.getSocketAddress();
                socket.send(new DatagramPacket(bytes, bytes.length, board));
                answer.setLength(ANSWER_BYTES);
                socket.receive(answer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the firmware's bench did not answer: " + line, e);
        }
        String text = new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
        if (text.startsWith(ERROR)) {
            throw new IllegalStateException(line + ": " + text.substring(ERROR.length()));
        }
        return text;
    }

    private static String literal(@Nullable String text) {
        if (text == null) {
            return "None";
        }
        if (text.indexOf('"') >= 0 || text.indexOf('\\') >= 0) {
            throw new IllegalArgumentException(text);
        }
        return '"' + text + '"';
    }

    private static String literal(boolean value) {
        return value ? "True" : "False";
    }

    @Override
    public String firstNetwork() {
        return "wired";
    }

    @Override
    public void addNetwork(String ssid, @Nullable String password, int rssi, int channel) {
        run("radio.add(" + literal(ssid) + ", " + literal(password) + ", " + rssi + ", " + channel + ")");
    }

    @Override
    public void removeNetwork(String ssid) {
        run("radio.remove(" + literal(ssid) + ")");
    }

    @Override
    public void outage() {
        run("radio.outage()");
    }

    @Override
    public void back() {
        run("radio.back()");
    }

    @Override
    public void back(String address) {
        run("radio.back(" + literal(address) + ")");
    }

    @Override
    public Duration grace() {
        return GRACE;
    }

    @Override
    public void ntpOffset(Duration ahead) {
        run("ntp.offset(" + ahead.toNanos() / 1000 + ")");
    }

    @Override
    public void ntpSilent(boolean silent) {
        run("ntp.silent(" + literal(silent) + ")");
    }

    @Override
    public void drive(int pin, boolean... levels) {
        StringBuilder line = new StringBuilder("[pins.drive(" + pin + ", level) for level in (");
        for (boolean level : levels) {
            line.append(level ? "1," : "0,");
        }
        run(line.append(")]").toString());
    }

    @Override
    public boolean level(int pin) {
        return !run("pins.level(" + pin + ")").equals("0");
    }

    @Override
    public void edges(int pin, int count, Duration interval) {
        run("pins.edges(" + pin + ", " + count + ", " + interval.toNanos() / 1000 + ")");
    }

    @Override
    public void connect(int one, int other) {
        run("pins.connect(" + one + ", " + other + ")");
    }

    @Override
    public void adc(int pin, long microvolts) {
        run("adc.set(" + pin + ", " + microvolts + ")");
    }

    @Override
    public List<Long> pwm(int pin) {
        String said = run("pins.pwm(" + pin + ")");
        return said.equals("None")
                ? List.of()
                : Arrays.stream(said.substring(1, said.length() - 1).split(", ", -1))
                        .map(Long::valueOf)
                        .collect(Collectors.toList());
    }

    @Override
    public void temperature(double celsius) {
        run("device.temperature(" + celsius + ")");
    }

    @Override
    public void close() {
        socket.close();
    }
}
