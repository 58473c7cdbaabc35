package dev.uartnet.benchmarks.report;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A line's colour and mark: the same for the same name in every picture, whatever else is in it. */
final class Palette {
    /** Told apart also by those who see few colours (after Okabe and Ito). */
    private static final String[] ON_LIGHT = {"#0072b2", "#d55e00", "#009e73", "#b0548a", "#8a6500", "#56708a"};

    private static final String[] ON_DARK = {"#4fb3f0", "#ff8a3d", "#2fd3a4", "#e79cc6", "#e0b84a", "#a8c4dc"};
    /** Of a name for which no place is set aside: this one, or what is free behind it. */
    private static final int OTHER = 5;

    private Palette() {}

    /** Returns the place that is set aside for a name: what is ours first, what it stands beside, then the rest. */
    static int place(String name) {
        return switch (name) {
            case "uartnet", "firmware", "hosts on one event loop" -> 0;
            case "stop-and-wait peer" -> 1;
            case "uartnet, USB 16 ms" -> 2;
            case "simulator" -> 3;
            case "stop-and-wait peer, USB 16 ms" -> 4;
            default -> OTHER;
        };
    }

    /** Returns the places of the names in one picture. */
    static int[] places(List<String> names) {
        int[] places = names.stream().mapToInt(Palette::place).toArray();
        Set<Integer> taken = new HashSet<>();
        for (int place : places) {
            if (place != OTHER) {
                taken.add(place);
            }
        }
        for (int i = 0; i < places.length; i++) {
            for (int tries = 0; places[i] >= OTHER && tries < ON_LIGHT.length; tries++) {
                int free = (OTHER + tries) % ON_LIGHT.length;
                if (taken.add(free)) {
                    places[i] = free;
                    break;
                }
            }
        }
        return places;
    }

    /** Returns rules of CSS: a class for each place, in {@code currentColor}. */
    static String css() {
        return rules(ON_LIGHT) + "@media (prefers-color-scheme:dark){" + rules(ON_DARK) + "}";
    }

    private static String rules(String[] all) {
        StringBuilder classes = new StringBuilder();
        for (int i = 0; i < all.length; i++) {
            classes.append(".c").append(i).append("{color:").append(all[i]).append('}');
        }
        return classes.toString();
    }

    static String css(int place) {
        return "class=\"c" + place + "\"";
    }
}
