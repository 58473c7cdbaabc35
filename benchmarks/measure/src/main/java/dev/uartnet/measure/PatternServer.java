package dev.uartnet.measure;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a measurement: a TCP server that sends and takes as many bytes of the {@link Pattern} as a client asks for, both at once.
 *
 * <p>A client says, as longs, the magic number, bytes down, bytes up, and the seed of its bytes ({@link #downSeed} is that of the others). It is answered with one byte, and sends its bytes then. It gets its own, and behind them, when all of its
 * have come: 1 if they were right, else 0 (a long), the nanoseconds from the answer to its last byte (a long), and the bytes a second behind the first tenth (a double). Then the client closes. The magic number {@link #ECHO} instead: whatever follows the request
 * comes back.
 */
public final class PatternServer extends ChannelInitializer<Channel> {
    /** "uartbnc2": a stranger who connects is sent away, and so is a client whose bytes would be others. */
    static final long MAGIC = 0x75617274626e6332L;
    /** "uartecho". */
    static final long ECHO = 0x756172746563686fL;

    static final int GO = 1;
    private static final int REQUEST_BYTES = 32;
    static final int TRAILER_BYTES = 24;
    /** For 512 sockets that connect at the same time. */
    private static final int BACKLOG = 1_024;

    private PatternServer() {}

    /** Returns the request for a transfer, or for an echo. */
    static ByteBuf request(ByteBufAllocator alloc, long magic, long bytesDown, long bytesUp, long seed) {
        return alloc.buffer(REQUEST_BYTES)
                .writeLong(magic)
                .writeLong(bytesDown)
                .writeLong(bytesUp)
                .writeLong(seed);
    }

    /** Returns the seed of the server's bytes, by that of the client's. */
    static long downSeed(long upSeed) {
        return ~upSeed;
    }

    /** Returns what serves the connections of any server channel, also one on a device. */
    public static PatternServer childHandler() {
        return new PatternServer();
    }

    /** Listens on this machine. */
    public static ChannelFuture listen(EventLoopGroup group, SocketAddress address) {
        return new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(childHandler())
                .bind(address);
    }

    @Override
    public boolean isSharable() {
        return true;
    }

    @Override
    protected void initChannel(Channel channel) {
        channel.pipeline().addLast(new Serving());
    }

    /** One connection: the request, then both streams, then the trailer. */
    private static final class Serving extends ChannelInboundHandlerAdapter {
        private @Nullable ByteBuf request;
        private @Nullable PatternSender down;
        private @Nullable PatternReceiver up;
        private boolean sent;
        private boolean came;
        private boolean over;
        private boolean echoes;

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            request = context.alloc().buffer(REQUEST_BYTES, REQUEST_BYTES);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            if (request != null) {
                request.release();
                request = null;
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf data = (ByteBuf) message;
            boolean passedOn = false;
            try {
                if (request != null && !begin(context, request, data)) {
                    return;
                }
                if (echoes) {
                    passedOn = data.isReadable();
                    if (passedOn) {
                        context.write(data);
                    }
                } else if (up != null) {
                    came = up.take(data);
                    proceed(context);
                }
            } finally {
                if (!passedOn) {
                    data.release();
                }
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (echoes) {
                context.flush();
            }
        }

        /** Returns whether the request is complete, and served. */
        private boolean begin(ChannelHandlerContext context, ByteBuf request, ByteBuf data) {
            request.writeBytes(data, Math.min(data.readableBytes(), request.writableBytes()));
            if (request.readableBytes() >= Long.BYTES && isStranger(request.getLong(0))) {
                context.close();
                return false;
            }
            if (request.isWritable()) {
                return false;
            }
            long magic = request.readLong();
            long bytesDown = request.readLong();
            long bytesUp = request.readLong();
            long seed = request.readLong();
            handlerRemoved(context);
            if (magic == ECHO) {
                echoes = true;
                return true;
            }
            if (bytesDown < 0 || bytesUp < 0) {
                context.close();
                return false;
            }
            context.writeAndFlush(context.alloc().buffer(1).writeByte(GO));
            down = new PatternSender(new Pattern(downSeed(seed)), bytesDown);
            up = new PatternReceiver(new Pattern(seed), bytesUp);
            return true;
        }

        private static boolean isStranger(long magic) {
            return magic != MAGIC && magic != ECHO;
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            proceed(context);
        }

        private void proceed(ChannelHandlerContext context) {
            PatternSender sender = down;
            PatternReceiver receiver = up;
            if (sender == null || receiver == null || over) {
                return;
            }
            sent = sent
                    || sender.send(
                            context); // which may call this again: the channel becomes writable inside of a flush
            if (sent && came && !over) {
                over = true;
                context.writeAndFlush(context.alloc()
                        .buffer(TRAILER_BYTES)
                        .writeLong(receiver.isRight() ? 1 : 0)
                        .writeLong(receiver.nanos())
                        .writeDouble(receiver.rate()));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close(); // the client sees it too, and tells
        }
    }
}
