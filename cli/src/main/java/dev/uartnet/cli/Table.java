package dev.uartnet.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Rows of text below headings, each column as wide as what is in it. */
final class Table {
    private static final String GAP = "  ";

    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    private static final class Column {
        final boolean right;
        int width;

        Column(boolean right) {
            this.right = right;
        }
    }

    /** @param headings one for each column; of a column of numbers with a blank before it */
    Table(String... headings) {
        for (String heading : headings) {
            columns.add(new Column(heading.startsWith(" ")));
        }
        row(List.of(headings).stream().map(String::strip).toArray(String[]::new));
    }

    /** Adds a row; the texts may come from the device. */
    void row(String... cells) {
        List<String> row = new ArrayList<>();
        for (int i = 0; i < cells.length; i++) {
            String cell = Printable.line(cells[i]);
            Column column = columns.get(i);
            column.width = Math.max(column.width, width(cell));
            row.add(cell);
        }
        rows.add(row);
    }

    void print(StandardOutput output) throws IOException {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                Column column = columns.get(i);
                String fill = " ".repeat(column.width - width(row.get(i)));
                line.append(i == 0 ? "" : GAP)
                        .append(column.right ? fill : "")
                        .append(row.get(i))
                        .append(column.right ? "" : fill);
            }
            output.line(line.toString().stripTrailing());
        }
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
