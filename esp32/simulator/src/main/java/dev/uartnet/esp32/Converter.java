package dev.uartnet.esp32;

import org.jspecify.annotations.Nullable;

/** The ADC at a pin. */
final class Converter {
    private static final int RAW_MAX = 65_535;
    private static final String ADC1 = ",32,33,34,35,36,37,38,39,";
    private static final String ADC2 = ",0,2,4,12,13,14,15,25,26,27,";

    private final Pad pad;
    private final long rangeMicrovolts;

    private Converter(Pad pad, long rangeMicrovolts) {
        this.pad = pad;
        this.rangeMicrovolts = rangeMicrovolts;
    }

    /** With the widest range, 11 dB, unless the options say otherwise. */
    static Converter of(DeviceSession session, @Nullable Object name, RequestOptions options) throws DeviceException {
        Pad pad = session.board().pins().find(name);
        long range =
                switch (options.integer("attenuation", 0, 11, 11)) {
                    case 0 -> 1_100_000;
                    case 2 -> 1_500_000;
                    case 6 -> 2_200_000;
                    case 11 -> 3_300_000;
                    default -> throw DeviceException.badRequest("attenuation", "must be 0, 2, 6 or 11 dB");
                };
        options.end();
        if (!(ADC1 + ADC2).contains("," + pad.number + ",")) {
            throw PinAnswers.refusal(name, "has no ADC");
        }
        return new Converter(pad, range);
    }

    /** 0 to 65,535. */
    int raw() {
        return (int) (microvolts() * RAW_MAX / rangeMicrovolts);
    }

    long microvolts() {
        return Math.max(0, Math.min(rangeMicrovolts, pad.microvolts()));
    }
}
