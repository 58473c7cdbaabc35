package dev.uartnet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            ''                                     | which command?
            frobnicate                             | frobnicate
            --no-such-option                       | no-such-option
            info extra                             | extra
            resolve --port sim                     | HOST
            resolve a b --port sim                 | b
            get --port sim                         | URL
            get example.org --port sim             | not a URL of http or https
            get ftp://example.org/ --port sim      | not a URL of http or https
            get http:///path --port sim            | no host
            get http://a:b@example.org/ --port sim | a user in the URL
            get http://[::1/ --port sim            | not a URL
            get http://127.0.0.1:65536/ --port sim | the port is not 1 to 65535
            get http://127.0.0.1:0/ --port sim     | the port is not 1 to 65535
            get 127.0.0.1:80/x --port sim          | did you mean http://127.0.0.1:80/x?
            get localhost:80/x --port sim          | did you mean http://localhost:80/x?
            info --port                            | --port
            info --port sim --baud 0               | --baud must be positive
            info --port sim --baud fast            | --baud must be a number or 'auto': 'fast'
            info --port sim --timeout 0            | --timeout
            info --port sim --timeout -1           | --timeout
            info --port sim --timeout NaN          | --timeout
            info --port sim --timeout x            | --timeout
            ping --port sim --count -1             | --count
            ping --port sim --count many           | --count
            ping --port sim --interval -1          | --interval
            bench --port sim --pings 0             | --pings must be 1 to 1000000
            bench --port sim --seconds 0           | --seconds must be
            bench --port sim --repetitions 0       | --repetitions must be
            bench --port sim --peer here           | --peer needs HOST:PORT
            bench --port sim --peer :80            | --peer needs HOST:PORT
            bench --port sim --peer a:65536        | --peer needs HOST:PORT
            bench --port sim --json .              | --json needs a file
            bench --serve 65536                    | --serve must be 0 to 65535
            bench --serve 7000 --peer a:80         | --serve stands alone
            demo --port sim                        | --port
            line                                   | LINK_A
            line a                                 | LINK_B
            line a ./a                             | LINK_A and LINK_B are the same
            line a b --baud 299                    | --baud must be 300 to 20000000
            line a b --max-clean-baud 1            | --max-clean-baud must be
            line a b --byte-error 1.5              | --byte-error must be 0 to 1
            line a b --bit-flip -1                 | --bit-flip must be
            line a b --drop x                      | --drop
            line a b --insert NaN                  | --insert must be
            line a b --drop 0.6 --duplicate 0.6    | together
            line a b --burst 0.1 --burst-length 0  | --burst-length must be
            line a b --stall 0.1 --stall-time -1   | --stall-time must be
            line a b --latency 256                 | --latency must be 0 to 255
            line a b --fifo 0                      | --fifo must be
            line a b --rts-cts                     | --rts-cts needs --fifo
            line a b --seed many                   | --seed
            help frobnicate                        | no such command: frobnicate
            help wifi frobnicate                   | no such command: wifi frobnicate
            wifi                                   | which command? scan, connect
            wifi frobnicate                        | frobnicate
            wifi connect --save --port sim         | need an SSID
            wifi connect a --bssid 12 --port sim   | --bssid: no hardware address
            wifi connect a --password b --password-file c --port sim | either --password-file or --password
            wifi connect a-name-that-is-longer-than-any-network --port sim | SSID must have 1 to 32 bytes
            wifi hostname a_b --port sim           | NAME must be
            wifi access-point --port sim           | either an SSID, or --stop
            wifi access-point a --stop --port sim  | either an SSID, or --stop
            wifi access-point a --channel 15 --port sim | --channel must be 1 to 14
            wifi forget --port sim                 | SSID
            pin                                    | PIN
            pin 4                                  | which command? read, write, watch, pwm, adc
            pin read --port sim                    | PIN
            pin 4 write 2 --port sim               | the level must be 0 or 1: 2
            pin 4 write --port sim                 | Missing required parameter
            pin 4 read --pull left --port sim      | --pull
            pin 4 watch --edge sharp --port sim    | --edge
            pin 4 watch --debounce -1 --port sim   | --debounce must not be negative
            pin 4 watch --count -1 --port sim      | --count must not be negative
            pin 4 pwm 1000 --port sim              | either FREQUENCY and DUTY, or --off
            pin 4 pwm 1000 1 --off --port sim      | either FREQUENCY and DUTY, or --off
            pin 4 pwm 0 1 --port sim               | FREQUENCY must be at least 1 Hz
            pin 4 pwm 1 101% --port sim            | DUTY must be 0 to 1
            pin 4 adc --every 0 --port sim         | must be 0.001 to 86400 seconds
            pin 4 adc --attenuation 3 --port sim   | --attenuation must be 0, 2.5, 6 or 11
            clock                                  | which command? get, set, sync
            clock set yesterday --port sim         | INSTANT must be a time with its zone
            files                                  | which command? list, get, put, remove
            files get --port sim                   | PATH
            files put - /lib/ --port sim           | standard input has no name
            exec --port sim                        | what is to be executed?
            exec a.py -e b --port sim              | what is to be executed?
            reset --hard --soft --port sim         | mutually exclusive
            """)
    void wrongArgumentsAreOneLineThatNamesThem(String line, String named) {
        InProcess command = InProcess.run(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(command.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(command.output()).isEmpty();
        assertThat(command.errors()).startsWith("uartnet: ").contains(named).hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ports",
                "info",
                "ping",
                "bench",
                "resolve",
                "get",
                "wifi",
                "pin",
                "clock",
                "files",
                "exec",
                "log",
                "reset",
                "demo",
                "line",
                "help",
                "wifi scan",
                "pin 4 read",
                "files list"
            })
    void everyCommandHasHelpAndVersion(String name) {
        String[] help = (name + " --help").strip().split(" ");
        InProcess helped = InProcess.run(help);
        assertThat(helped.exitCode()).isZero();
        assertThat(helped.errors()).isEmpty();
        assertThat(helped.output())
                .startsWith(("Usage: uartnet " + name.replace("4", "PIN")).strip())
                .contains("Exit codes:", "--verbose");

        help[help.length - 1] = "--version";
        InProcess version = InProcess.run(help);
        assertThat(version.exitCode()).isZero();
        assertThat(version.errors()).isEmpty();
        assertThat(version.output().lines().findFirst())
                .hasValueSatisfying(line -> assertThat(line).matches("uartnet [0-9]+\\.[0-9]+\\.[0-9]+(-SNAPSHOT)?"));
    }

    @Test
    void theHelpOfDeviceCommandsHasTheirOptions() {
        for (String name : new String[] {"info", "ping", "resolve", "get", "exec", "log", "reset"}) {
            assertThat(InProcess.run(name, "--help").output())
                    .contains("--port", "--baud", "--timeout", "UARTNET_PORT");
        }
    }

    @Test
    void theHelpOfBenchDoesNotBreakInsideOfAnAddress() {
        String help = InProcess.run("bench", "--help").output();

        assertThat(help).contains("[--peer=HOST:PORT] ", "uartnet bench --serve=PORT");
        assertThat(help.replaceAll("\\s+", " ")).contains("in a Wi-Fi network (uartnet wifi connect SSID)");
    }

    @Test
    void theSimulatedLineHasNoSpeedToMeasure() {
        assertThat(InProcess.run("bench", "--port", "sim", "--pings", "2", "--seconds", "0.01", "--baud", "921600")
                        .output())
                .contains("no speed of its own: --baud changes nothing")
                .doesNotContain("921,600", "% of the line", "baud carry");
        assertThat(InProcess.run("bench", "--port", "sim", "--pings", "2", "--seconds", "0.01")
                        .output()
                        .lines()
                        .findFirst())
                .hasValueSatisfying(line -> assertThat(line).endsWith("no speed of its own"));
    }

    @Test
    void theFastestSpeedIsFoundByItself() {
        assertThat(InProcess.run("info", "--port", "sim", "--baud", "auto").output())
                .contains("line:     921,600 baud");
        assertThat(InProcess.run("info", "--port", "sim").output()).contains("line:     115,200 baud");
    }

    @Test
    void helpIsACommandToo() {
        assertThat(InProcess.run("help").output())
                .isEqualTo(InProcess.run("--help").output());
        assertThat(InProcess.run("help", "get").output())
                .isEqualTo(InProcess.run("get", "--help").output());
        assertThat(InProcess.run("help", "wifi", "scan").output())
                .isEqualTo(InProcess.run("wifi", "scan", "--help").output());
    }

    @Test
    void anOutputThatIsAFolderIsWrong(@TempDir Path folder) {
        InProcess command = InProcess.run("get", "http://127.0.0.1/", "--port", "sim", "-o", folder.toString());

        assertThat(command.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(command.errors()).contains(folder.toString());
    }

    @Test
    void namesLongerThanAnyAndNoFileNameAreWrong() {
        String name = "long.".repeat(50) + "name";

        assertThat(InProcess.run("get", "http://" + name + "/", "--port", "sim").exitCode())
                .isEqualTo(ExitCodes.USAGE);
        assertThat(InProcess.run("resolve", name, "--port", "sim").exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(InProcess.run("get", "http://127.0.0.1/", "--port", "sim", "-o", "")
                        .errors())
                .contains("-o needs a file name");
    }

    @Test
    void thePortComesFromTheEnvironment() {
        InProcess command = InProcess.run(Map.of("UARTNET_PORT", "sim"), "info");

        assertThat(command.errors()).isEmpty();
        assertThat(command.exitCode()).isZero();
        assertThat(command.output()).contains("port:     sim").contains("protocol: 1.0");
    }

    @Test
    void aNameIsResolvedByTheDevice() {
        InProcess command = InProcess.run("resolve", "localhost", "--port", "sim");

        assertThat(command.errors()).isEmpty();
        assertThat(command.output().lines()).contains("127.0.0.1");
    }

    @Test
    void pingPrintsEachAnswerAndStatistics() {
        InProcess command = InProcess.run("ping", "--port", "sim", "--count", "3", "--interval", "0");

        assertThat(command.errors()).isEmpty();
        assertThat(command.exitCode()).isZero();
        assertThat(command.output().lines())
                .hasSizeBetween(8, 9) // a busy machine may have repeated a frame
                .contains("--- sim ping statistics ---")
                .anyMatch(line -> line.startsWith("3 sent, 3 answered, 0% lost"))
                .anyMatch(line -> line.startsWith("answer 3: time="))
                .anyMatch(line -> line.startsWith("round trip min/avg/max/mdev = "))
                .anyMatch(line -> line.matches(
                        "link: [0-9]+ frames sent, [0-9]+ received, frames acknowledged in p50/p99 = .* ms"));
    }

    @Test
    void portsIsDoneWhateverThereIs() {
        assertThat(InProcess.run("ports").exitCode()).isZero();
    }
}
