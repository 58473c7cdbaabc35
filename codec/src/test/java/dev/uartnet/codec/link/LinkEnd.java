package dev.uartnet.codec.link;

/**
 * One end of a link in a model of time: it acts only when the model says that time has passed, that bytes have come, or that its
 * application writes. Times are in nanoseconds since the schedule's begin.
 */
public interface LinkEnd {
    /** What an end tells; it must not be asked to do anything from within. */
    interface Listener {
        /** A session has begun; both ends know its host's number. */
        void sessionBegan(int hostId);

        /** The session, or the attempt to open one, has ended. */
        void sessionEnded(Throwable cause);

        void message(byte[] message);

        /** A message that was written will never be sent. */
        void notSent();
    }

    /** Lets time pass until then, or until the first time at which this end has something to do, which it has then done. */
    long advance(long to);

    /** When this end next has something to do by itself, as far as it can say; {@link Long#MAX_VALUE} if never. */
    long deadline();

    void receive(byte[] bytes);

    /** Whether the application had best write now. */
    boolean accepts();

    void write(byte[] message);

    /** When the line may be given more; {@link Long#MAX_VALUE} if nothing waits for that. */
    long roomAt();

    /** The line takes bytes again. */
    void lineHasRoom();

    /** Ends the session as an application does. */
    void close();

    /** It is gone, without a word. Nothing of it may be left. */
    void kill();

    /** Whether all that was written has been sent and acknowledged, and nothing waits for its turn. */
    boolean isIdle();

    /** Fails if this end keeps more than it may. */
    void check();

    LinkCounters counters();
}
