package dev.uartnet.benchmarks.report;

/** What the report's words mean: said once, at its top. */
final class Glossary {
    static final String HTML =
            """
            <h2 id="words">Words</h2>
            <dl>
            <dt>down, up</dt><dd>From the network through the device to this machine (the host); and the other way. Both at once: the slower of the two.</dd>
            <dt>firmware</dt><dd>The device is the real firmware on MicroPython for Linux, in a process of its own; between it and the host is a simulated serial line that
            takes the time that its baud rate says. No figure here is of a board.</dd>
            <dt>simulator</dt><dd>The device is written in Java, in the benchmark's process: it shows what the host and the protocol can do when no interpreter holds them.</dd>
            <dt>% of the line</dt><dd>Payload by what the line's baud rate could carry: a byte takes 10 bits. Frames, checks and what SLIP doubles of random bytes leave about 97.7 %.</dd>
            <dt>unpaced</dt><dd>The line has no speed: bytes pass as fast as this machine moves them. Such a figure tells what processors can do, not what a line carries.</dd>
            <dt>stop-and-wait peer</dt><dd>What uartnet stands beside: the same kind of device with the simplest protocol that is safe, which sends a request, waits for its answer,
            and repeats it if none comes (esp32/plain), on the same MicroPython and lines. <i>Plain co-processor</i>: the same, its processor's time measured alone.</dd>
            <dt>USB 16 ms</dt><dd>A USB adapter that keeps bytes for up to 16 ms to hand over more of them at once, as FTDI's do unless told otherwise.</dd>
            <dt>epoll, threads</dt><dd>How a port's bytes are moved: by the event loop itself (Linux), or by two threads of each port (elsewhere).</dd>
            <dt>value</dt><dd>The median of the repetitions, with the least and the greatest beside it. In the part <i>codec</i> the mean of JMH's iterations.</dd>
            <dt>target</dt><dd>What the project asked for before it measured: its issues 3 (the link) and 6 (speed). A figure without one is there to be compared.</dd>
            <dt>limit</dt><dd>What had no more to give during the measurement. <i>line</i>: it carried bytes 96 % of the time; <i>device</i>: its process used 85 % of a core;
            <i>host</i>: the host's threads did; <i>this machine</i>: all its cores were busy, since it runs host, line, device and server at once; <i>none of them is full</i>: host and
            device waited for each other.</dd>
            <dt>commit</dt><dd>A plus behind it: and changes that no commit had yet.</dd>
            </dl>
            """;

    /** For results that have such figures. */
    static final String ABOVE_ALL =
            """
            <p class="how">Shares above 100 % are of files from before 21 November 2026, 20:15. <i>Of the rate, in</i> and <i>out</i> counted the first frame before its time (11 ms), and what came
            until the counters were read; <i>the slowest line</i> was held against a mean that counted connecting as well.</p>
            """;

    private Glossary() {}
}
