package dev.uartnet.codec.link;

import io.netty.util.concurrent.Future;

/** The speed of the line that a link's channel stands on. The codec knows no ports: who makes the channel provides this. */
public interface LineSpeed {
    /**
     * Sets the speed, once all that was written to the channel before has left for the line. Called on the channel's event loop.
     *
     * @param baud bits a second
     * @return succeeds when the line has the speed, fails if it cannot have it (it then keeps the one it has); notifies on the
     *     channel's event loop
     */
    Future<?> set(int baud);

    /**
     * Whether this end wants that speed. Asked on a device before it agrees, and never of the speed at which the session began.
     *
     * @param baud bits a second
     * @return by default, whether it is at least 9,600
     */
    default boolean allows(int baud) {
        return baud >= SpeedControl.BAUD_MIN;
    }
}
