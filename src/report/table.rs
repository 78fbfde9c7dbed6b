//! Rows as CSV (RFC 4180) and as Markdown tables.

use csv::{Terminator, WriterBuilder};

/// A table that is being written.
#[derive(Debug)]
pub(super) struct Table {
    head: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(head: &'static [&'static str]) -> Self {
        Self { head, rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// RFC 4180: comma, quotes where needed, `\r\n`.
    pub(super) fn csv(&self) -> String {
        let mut writer =
            WriterBuilder::new().terminator(Terminator::CRLF).flexible(true).from_writer(Vec::new());
        // Writing to memory does not fail.
        let _ = writer.write_record(self.head);
        for row in &self.rows {
            let _ = writer.write_record(row.iter().map(|cell| defused(cell)));
        }
        writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// A table of GitHub's Markdown.
    pub(super) fn markdown(&self) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut text = line(self.head.iter().map(|h| (*h).to_owned()).collect());
        text += &line(self.head.iter().map(|_| "---".to_owned()).collect());
        for row in &self.rows {
            text += &line(row.iter().map(|cell| marked_down(cell)).collect());
        }
        text
    }
}

/// A cell that no spreadsheet takes for a formula: one that begins with `=`, `+`, `-`, `@`, a tab or a line end gets an apostrophe before
/// it (OWASP, *CSV Injection*). Spaces before such a character do not help it.
pub(super) fn defused(cell: &str) -> String {
    let begins = cell.trim_start_matches(' ').chars().next();
    match begins {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            format!("'{cell}")
        }
        _ => cell.to_owned(),
    }
}

/// Text that Markdown shows as it is: no table, link, emphasis or HTML comes from a name.
pub(super) fn marked_down(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_formula_is_defused_and_ordinary_text_is_not_touched() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "  =cmd|' /C calc'!A0"] {
            assert_eq!(defused(formula), format!("'{formula}"));
        }
        for text in ["ada@x.com", "", "A-B", "00u=", "Ágnes"] {
            assert_eq!(defused(text), text);
        }
    }

    #[test]
    fn a_name_makes_no_markup() {
        let mut table = Table::new(&["a"]);
        table.row(["x | y\n<b>[l](h)".to_owned()]);
        assert_eq!(table.markdown(), "| a |\n| --- |\n| x \\| y &lt;b&gt;\\[l\\](h) |\n");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_defused(rows in proptest::collection::vec(proptest::array::uniform2(any::<String>()), 0..8)) {
            let mut table = Table::new(&["a", "b"]);
            rows.iter().for_each(|row| table.row(row.clone()));
            let csv = table.csv();
            let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(csv.as_bytes());
            let read: Vec<Vec<String>> = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
            let wanted: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|c| defused(c)).collect()).collect();
            prop_assert_eq!(read, wanted);
        }
    }
}
