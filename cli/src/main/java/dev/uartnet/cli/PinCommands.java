package dev.uartnet.cli;

import dev.uartnet.proxy.board.AdcPin;
import dev.uartnet.proxy.board.Attenuation;
import dev.uartnet.proxy.board.InputPin;
import dev.uartnet.proxy.board.OutputPin;
import dev.uartnet.proxy.board.Pins;
import dev.uartnet.proxy.board.Pull;
import dev.uartnet.proxy.board.Pwm;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;
import reactor.core.publisher.Mono;

/** {@code uartnet pin PIN}: which pin its commands mean. */
@CommandLine.Command(
        name = "pin",
        description = {
            "A pin of the device: reads, drives, watches or measures it.",
            "What a pin is made by a command it stays when that has ended, until another one, or a restart of the device."
        },
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  uartnet pin 2 write 1",
            "  uartnet pin 4 read --pull up",
            "  uartnet pin 4 watch --pull up --edge falling --debounce 20",
            "  uartnet pin 18 pwm 1000 25%%",
            "  uartnet pin 34 adc --every 0.5"
        })
final class PinCommands {
    @Parameters(
            paramLabel = "PIN",
            description = "The chip's number of it (4 is GPIO4), or the device's name for it, such as LED.")
    private String pin = "";

    static CommandLine line(Invocation invocation) {
        return new CommandLine(new PinCommands())
                .addSubcommand(new PinReadCommand(invocation))
                .addSubcommand(new PinWriteCommand(invocation))
                .addSubcommand(new PinWatchCommand(invocation))
                .addSubcommand(new PinPwmCommand(invocation))
                .addSubcommand(new PinAdcCommand(invocation));
    }

    void check() throws UsageException {
        if (pin.isBlank()) {
            throw new UsageException("PIN is empty (expected: a number, or a name such as LED)");
        }
    }

    private boolean isNumber() {
        return pin.matches("[0-9]{1,9}");
    }

    private int number() {
        return Integer.parseInt(pin);
    }

    Mono<InputPin> input(Pins pins, @Nullable Pull pull) {
        if (pull == null) {
            return isNumber() ? pins.input(number()) : pins.input(pin);
        }
        return isNumber() ? pins.input(number(), pull) : pins.input(pin, pull);
    }

    Mono<OutputPin> output(Pins pins, boolean level) {
        return isNumber() ? pins.output(number(), level) : pins.output(pin, level);
    }

    Mono<OutputPin> openDrain(Pins pins) {
        return isNumber() ? pins.openDrain(number()) : pins.openDrain(pin);
    }

    Mono<Pwm> pwm(Pins pins, int frequency, double duty) {
        return isNumber() ? pins.pwm(number(), frequency, duty) : pins.pwm(pin, frequency, duty);
    }

    Mono<Void> stopPwm(Pins pins) {
        return isNumber() ? pins.stopPwm(number()) : pins.stopPwm(pin);
    }

    AdcPin adc(Pins pins, @Nullable Attenuation attenuation) {
        if (attenuation == null) {
            return isNumber() ? pins.adc(number()) : pins.adc(pin);
        }
        return isNumber() ? pins.adc(number(), attenuation) : pins.adc(pin, attenuation);
    }
}
