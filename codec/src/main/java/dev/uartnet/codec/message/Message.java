package dev.uartnet.codec.message;

/**
 * One message of the protocol: a MessagePack array in one frame (PROTOCOL.md, section 7).
 *
 * <p>Only {@link ChannelData} and {@link ChannelDatagram} hold a buffer and must be released.
 */
public sealed interface Message
        permits Request,
                Response,
                ErrorResponse,
                Cancel,
                Next,
                Demand,
                Output,
                Event,
                ChannelData,
                ChannelCredit,
                ChannelEof,
                ChannelClose,
                ChannelAccept,
                ChannelDatagram,
                UnknownMessage {}
