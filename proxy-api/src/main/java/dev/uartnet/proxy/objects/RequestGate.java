package dev.uartnet.proxy.objects;

import java.util.Iterator;
import java.util.LinkedHashSet;

/**
 * Lets so many requests of a session go to the device as have room there; others wait here, in order. On the link's event loop.
 */
final class RequestGate {
    /** A device has room for about 64 requests that wait, and not all of them are for objects. */
    private static final int PLACES = 32;

    /** Who goes through. */
    interface Entrant {
        /** Has got a place, which it {@linkplain RequestGate#leave() gives back} later. */
        void entered();
    }

    private final LinkedHashSet<Entrant> waiting = new LinkedHashSet<>();
    private int taken;
    private boolean admitting;

    void enter(Entrant entrant) {
        waiting.add(entrant);
        admit();
    }

    /** Takes back one that still waits; returns whether it did. */
    boolean withdraw(Entrant entrant) {
        return waiting.remove(entrant);
    }

    void leave() {
        taken--;
        admit();
    }

    /** Not again from inside: who fails at once leaves at once, and there may be thousands. */
    private void admit() {
        if (admitting) {
            return;
        }
        admitting = true;
        try {
            while (taken < PLACES && !waiting.isEmpty()) {
                Iterator<Entrant> first = waiting.iterator();
                Entrant next = first.next();
                first.remove();
                taken++;
                next.entered();
            }
        } finally {
            admitting = false;
        }
    }
}
