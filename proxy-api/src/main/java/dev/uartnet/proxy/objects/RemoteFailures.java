package dev.uartnet.proxy.objects;

import dev.uartnet.codec.message.ErrorCode;
import dev.uartnet.codec.request.RequestFailedException;
import dev.uartnet.codec.request.RequestTimeoutException;
import dev.uartnet.proxy.LinkLostException;

/** What has become of a request for objects, in their users' terms. */
final class RemoteFailures {
    private RemoteFailures() {}

    static Throwable of(Throwable failure, ObjectOperation operation) {
        if (failure instanceof RequestFailedException refused && refused.errorCode() == ErrorCode.EXCEPTION) {
            return RemoteException.of(refused, operation.what());
        }
        if (failure instanceof RequestFailedException refused && refused.errorCode() == ErrorCode.UNSUPPORTED) {
            UnsupportedOperationException unsupported = new UnsupportedOperationException(
                    "the device cannot do it: " + operation.what() + " (device: " + refused.text() + ")");
            unsupported.initCause(refused);
            return unsupported;
        }
        if (failure instanceof LinkLostException lost) {
            return operation.namesObject()
                    ? lost.ending(operation.what() + " failed, for objects of the device do not outlive their session")
                    : lost;
        }
        if (failure instanceof RequestTimeoutException) {
            // What the device was given of it, when it was sent, says little.
            return new RequestTimeoutException(operation.limit());
        }
        return failure;
    }
}
