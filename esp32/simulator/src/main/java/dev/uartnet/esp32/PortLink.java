package dev.uartnet.esp32;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A symbolic link that names a pseudo terminal, as those of {@code /dev/serial/by-id} name adapters. It replaces only what it may have left
 * behind itself: a link to a pseudo terminal, or to nothing.
 */
final class PortLink {
    private final Path link;
    private final Path target;

    private PortLink(Path link, Path target) {
        this.link = link;
        this.target = target;
    }

    /**
     * Puts a link in place, whole and at once.
     *
     * @throws FileAlreadyExistsException something else has that name
     */
    static PortLink make(Path link, Path target) throws IOException {
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !isStale(link)) {
            throw new FileAlreadyExistsException(link
                    + " exists and is no link to a pseudo terminal: will not overwrite it (remove it, or take another"
                    + " name)");
        }
        Path folder = link.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new NoSuchFileException("cannot make the link " + link + ": there is no folder " + folder);
        }
        Path made = link.resolveSibling(
                link.getFileName() + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(made);
        Files.createSymbolicLink(made, target);
        try {
            Files.move(made, link, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(made);
            throw e;
        }
        return new PortLink(link, target);
    }

    private static boolean isStale(Path link) throws IOException {
        return Files.isSymbolicLink(link)
                && (!Files.exists(link) || Files.readSymbolicLink(link).startsWith("/dev/pts"));
    }

    /** Removes it, unless it leads elsewhere by now: then somebody else has taken the name. */
    void remove() throws IOException {
        if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target)) {
            Files.delete(link);
        }
    }
}
