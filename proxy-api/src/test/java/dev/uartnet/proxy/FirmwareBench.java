package dev.uartnet.proxy;

import dev.uartnet.esp32.Firmware;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The bench of the real firmware: lines of Python that go to it in datagrams. */
final class FirmwareBench implements Bench {
    private static final int ANSWER_BYTES_MAX = 1500;

    private final int port;
    private final DatagramSocket socket;

    FirmwareBench() throws SocketException {
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setSoTimeout(Math.toIntExact(TestLine.WAIT.toMillis()));
    }

    Firmware.Builder addTo(Firmware.Builder firmware) {
        return firmware.environment("UARTNET_BENCH", Integer.toString(port));
    }

    private String run(String line) throws IOException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        socket.send(
                new DatagramPacket(bytes, bytes.length, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        DatagramPacket packet = new DatagramPacket(new byte[ANSWER_BYTES_MAX], ANSWER_BYTES_MAX);
        socket.receive(packet);
        String answer = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
        if (answer.startsWith("error: ")) {
            throw new IOException(line + ": " + answer);
        }
        return answer;
    }

    private static String python(boolean value) {
        return value ? "True" : "False";
    }

    @Override
    public void network(String ssid, String password, int rssi) throws IOException {
        run("radio.add('" + ssid + "', '" + password + "', " + rssi + ", 6)");
    }

    @Override
    public void outage() throws IOException {
        run("radio.outage()");
    }

    @Override
    public void back() throws IOException {
        run("radio.back()");
    }

    @Override
    public void drive(int pin, boolean level) throws IOException {
        run("pins.drive(" + pin + ", " + (level ? 1 : 0) + ")");
    }

    @Override
    public boolean level(int pin) throws IOException {
        return run("pins.level(" + pin + ")").equals("1");
    }

    @Override
    public void edges(int pin, int count, Duration interval) throws IOException {
        run("pins.edges(" + pin + ", " + count + ", " + interval.toNanos() / 1000 + ")");
    }

    @Override
    public double duty(int pin) throws IOException {
        String duty = run("(pins.pwm(" + pin + ") or (0, -65535))[1]");
        return Integer.parseInt(duty) / 65_535.0;
    }

    @Override
    public void volts(int pin, double volts) throws IOException {
        run("adc.set(" + pin + ", " + Math.round(volts * 1e6) + ")");
    }

    @Override
    public void temperature(double celsius) throws IOException {
        run("device.temperature(" + celsius + ")");
    }

    @Override
    public void ntpOffset(Duration ahead) throws IOException {
        run("ntp.offset(" + ahead.toNanos() / 1000 + ")");
    }

    @Override
    public void ntpSilent(boolean silent) throws IOException {
        run("ntp.silent(" + python(silent) + ")");
    }

    @Override
    public void close() {
        socket.close();
    }
}
