package dev.uartnet.transport;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/** A memory port that tells what was asked of it, and refuses what it is told to. */
final class CountingPort implements UartPort {
    private final UartPort port;
    final List<Integer> writes = new CopyOnWriteArrayList<>();
    final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private volatile boolean refusing;

    CountingPort(UartPort port) {
        this.port = port;
    }

    /** From now on the port supports nothing. */
    void refuse() {
        refusing = true;
    }

    private void called(String what) throws UartParameterException {
        calls.add(what);
        if (refusing) {
            throw new UartParameterException(name(), name() + " does not support " + what);
        }
    }

    @Override
    public String name() {
        return port.name();
    }

    @Override
    public void open(UartSettings settings) throws IOException {
        called("open " + settings);
        port.open(settings);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return port.read(target, offset, length);
    }

    @Override
    public int write(byte[] source, int offset, int length) throws IOException {
        int count = port.write(source, offset, length);
        writes.add(count);
        return count;
    }

    @Override
    public boolean isLost() {
        return port.isLost();
    }

    @Override
    public void configure(UartSettings settings) throws IOException {
        called("configure " + settings);
    }

    @Override
    public void setDtr(boolean asserted) throws IOException {
        called("dtr " + asserted);
    }

    @Override
    public void setRts(boolean asserted) throws IOException {
        called("rts " + asserted);
    }

    @Override
    public void setBreak(boolean active) throws IOException {
        called("break " + active);
    }

    @Override
    public void close() {
        port.close();
    }
}
