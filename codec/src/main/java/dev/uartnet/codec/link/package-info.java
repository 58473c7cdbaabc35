/**
 * The link: an ordered frame service between a host and a device, one session at a time (PROTOCOL.md, sections 3 to 6).
 *
 * <p>States of the host: CLOSED, HELLO_SENT, ESTABLISHED, CLOSED; of the device: IDLE, OFFERED, ESTABLISHED, IDLE. Their
 * transitions are the tables 4.3 and 4.4 of PROTOCOL.md; {@link dev.uartnet.codec.link.HostLinkHandler} and
 * {@link dev.uartnet.codec.link.DeviceLinkHandler} hold one each, {@link dev.uartnet.codec.link.LinkHandler} that there is a session. What
 * both do in it is done by roles, which the handler tells of a session's begin and end, and each of which owns its state:
 *
 * <ul>
 *   <li>{@code FrameWriter}: the way down of every frame; {@code FrameReader}: what a frame of the session means;
 *   <li>{@code SendQueue}: the messages that wait, for window and line ({@code LinePacer}); {@code Transmission}: those on their way, until they
 *       are acknowledged ({@code SendWindow}, {@code RoundTrip}), and how large they are best ({@code FrameSize});
 *   <li>{@code Receiver}: those that come ({@code ReceiveWindow}), and what the peer hears of them ({@code OwedAcknowledgement});
 *   <li>{@code Keepalive}: silence.
 * </ul>
 *
 * <p>All state lives on the channel's event loop. A handler works on whole frames without their CRC, as
 * {@link dev.uartnet.codec.crc.CrcDecoder} delivers them, and knows nothing of what a frame's payload means, except for its own
 * HELLO, WELCOME, RESET and SPEED.
 *
 * <p>Frames that the line has spoilt are repeated where both ends have the feature RETRANSMIT ({@link dev.uartnet.codec.link.Feature}):
 * {@code SendWindow} keeps what is not acknowledged, {@code ReceiveWindow} what came behind a gap, {@code RoundTrip} the timer. Without
 * it a gap ends the session with {@link dev.uartnet.codec.link.FrameLostException}, so that damage never passes for data.
 *
 * <p>{@code LinkMeter} counts, {@code RoundTripRecorder} collects the timer's samples; {@link dev.uartnet.codec.link.LinkHealth} is what
 * both have seen, as an immutable snapshot.
 *
 * <p>The line's speed is changed by {@code HostSpeedChange} and {@code DeviceSpeedChange}, whose states and transitions are the tables
 * of section 6, where whoever makes the channel gives the link a {@link dev.uartnet.codec.link.LineSpeed}.
 */
@NullMarked
package dev.uartnet.codec.link;

import org.jspecify.annotations.NullMarked;
