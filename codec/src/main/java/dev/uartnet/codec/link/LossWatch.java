package dev.uartnet.codec.link;

/**
 * Tells when so many frames of one direction are lost that half the line's speed would carry more (PROTOCOL.md, section 6). With frames
 * of the best size, of which a share q is lost, (1 - q)² of the line is goodput; that is less than half from q = 0.29 on. Looks
 * at stretches of so many frames that a line which loses a fifth is not slowed down by chance (once in some hundred stretches).
 */
final class LossWatch {
    static final int STRETCH_FRAMES = 128;
    static final int LOST_FRAMES = 38;

    private int frames;
    private int lost;

    /** A frame went over the line, whether it arrived or not. */
    void frame() {
        if (frames == STRETCH_FRAMES) {
            clear();
        }
        frames++;
    }

    /**
     * One of these frames was lost.
     *
     * @return whether that is one too many
     */
    boolean lost() {
        lost++;
        return lost >= LOST_FRAMES;
    }

    void clear() {
        frames = 0;
        lost = 0;
    }
}
