package dev.uartnet.esp32;

import dev.uartnet.codec.message.ErrorCode;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** FILE_*. */
final class FileAnswers {
    /** Where a device keeps the networks that it was told to save. */
    static final String NETWORKS = "/uartnet.networks.json";

    private static final int PATH_MAX = 200;
    /** The header of a NEXT and of its bin. */
    private static final int ITEM_OVERHEAD = 12;

    private FileAnswers() {}

    private static String path(Arguments args) throws DeviceException {
        String path = args.text("path");
        if (!path.startsWith("/") || path.length() > PATH_MAX) {
            throw DeviceException.badRequest("path", "must begin with /, and have at most " + PATH_MAX + " characters");
        }
        if (path.equals("/")) {
            return path;
        }
        for (String part : path.substring(1).split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw DeviceException.badRequest("path", "must have no empty part, no . and no ..");
            }
        }
        if (path.equals(NETWORKS)) {
            throw new DeviceException(ErrorCode.NOT_ALLOWED, path + " holds passwords of networks");
        }
        return path;
    }

    static Iterator<Object> list(DeviceSession session, Arguments args) throws DeviceException {
        return session.board().files().list(path(args));
    }

    static Iterator<Object> read(DeviceSession session, Arguments args) throws DeviceException {
        String path = path(args);
        SimulatedFiles files = session.board().files();
        if (files.isDirectory(path)) {
            throw DeviceException.badRequest("path", path + " is a directory");
        }
        byte[] contents = files.contents(path);
        if (contents == null) {
            throw SimulatedFiles.lacks(path);
        }
        return new Pieces(session, path.equals(Configuration.PATH) ? Configuration.masked(contents) : contents);
    }

    /** As much as a frame had best carry at the time. */
    private static final class Pieces implements Iterator<Object> {
        private final DeviceSession session;
        private final byte[] contents;
        private int at;

        Pieces(DeviceSession session, byte[] contents) {
            this.session = session;
            this.contents = contents;
        }

        @Override
        public boolean hasNext() {
            return at < contents.length;
        }

        @Override
        public Object next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int end = Math.min(contents.length, at + session.payloadBytes() - ITEM_OVERHEAD);
            byte[] piece = Arrays.copyOfRange(contents, at, end);
            at = end;
            return piece;
        }
    }

    static @Nullable Object[] write(DeviceSession session, Arguments args) throws DeviceException {
        String path = path(args);
        long position = args.number("position", 0, Integer.MAX_VALUE);
        byte[] bytes = args.bytes("bin");
        boolean last = Arguments.flag("last", args.any());
        return new Object[] {session.board().files().append(session, path, position, bytes, last)};
    }

    static @Nullable Object[] remove(DeviceSession session, Arguments args) throws DeviceException {
        session.board().files().delete(path(args));
        return new Object[0];
    }
}
