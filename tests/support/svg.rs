//! A terminal's screen as an SVG picture: real text, real colours.
#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::fmt::Write;

const CELL: (f32, f32) = (8.4, 18.0);
const COLOURS: [&str; 16] = [
    "#1c1f26", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d7dae0", "#7f848e",
    "#ff7b86", "#b5e08f", "#ffd68a", "#83c5ff", "#de9bf0", "#7fd8e3", "#ffffff",
];

fn colour(c: vt100::Color, otherwise: &'static str) -> String {
    match c {
        vt100::Color::Default => otherwise.into(),
        vt100::Color::Idx(i) => COLOURS.get(usize::from(i)).copied().unwrap_or(otherwise).into(),
        vt100::Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}

/// The window's title bar.
const BAR: f32 = 30.0;
const MARGIN: f32 = 14.0;

/// The picture: a window with the screen in it. Words stand in their own cells, so that no font can shift a column.
pub fn picture(screen: &vt100::Screen) -> String {
    let (rows, cols) = screen.size();
    let (rows, cols) = (rows.get(), cols.get());
    let (w, h) = (f32::from(cols) * CELL.0 + 2.0 * MARGIN, f32::from(rows) * CELL.1 + BAR + MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w:.0} {h:.0}\" font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"14\">\n<rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"#14161b\"/>\n"
    );
    for (i, fill) in ["#ff5f57", "#febc2e", "#28c840"].into_iter().enumerate() {
        let _ = writeln!(out, "<circle cx=\"{}\" cy=\"15\" r=\"5.5\" fill=\"{fill}\"/>", 18 + 18 * i);
    }
    for row in 0..rows {
        let mut col = 0;
        while col < cols {
            let Some(first) = screen.cell(row, col) else { break };
            let look = look(first);
            let start = col;
            let mut text = String::new();
            while let Some(cell) = screen.cell(row, col) {
                let sign = if cell.contents().is_empty() { " " } else { cell.contents() };
                // A run ends where the look does, and at a gap.
                let other = self::look(cell) != look
                    || (text.ends_with("  ") && sign != " ")
                    || shape(sign) != shape(&text);
                if other && col > start {
                    break;
                }
                if !cell.is_wide_continuation() {
                    text.push_str(sign);
                }
                col += 1;
            }
            draw(&mut out, look, &text, (start, row), col - start);
        }
    }
    out.push_str("</svg>\n");
    out
}

type Look = (vt100::Color, bool, bool, bool, bool);

fn look(cell: &vt100::Cell) -> Look {
    (cell.fgcolor(), cell.bold(), cell.dim(), cell.inverse(), cell.underline())
}

/// Lines and blocks are drawn, not written: fonts leave gaps between them.
fn shape(text: &str) -> Option<char> {
    text.chars().next().filter(|c| matches!(c, '─' | '█'))
}

fn draw(
    out: &mut String,
    (fg, bold, dim, inverse, underline): Look,
    text: &str,
    (col, row): (u16, u16),
    cells: u16,
) {
    let (x, y) = (MARGIN + f32::from(col) * CELL.0, BAR + f32::from(row) * CELL.1);
    let width = f32::from(cells) * CELL.0;
    let mut fill = colour(fg, "#d7dae0");
    let opacity = if dim { " opacity=\"0.65\"" } else { "" };
    let mut rect = |y: f32, height: f32, fill: &str| {
        let _ = writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{fill}\"{opacity}/>"
        );
    };
    match shape(text) {
        Some('─') => return rect(y + CELL.1 / 2.0, 1.0, &fill),
        Some(_) => return rect(y + 3.0, CELL.1 - 6.0, &fill),
        None if inverse => {
            rect(y, CELL.1, &fill);
            fill = "#14161b".into();
        }
        None => {}
    }
    let word = text.trim_end();
    if word.trim().is_empty() {
        return;
    }
    let indent = word.chars().take_while(|c| *c == ' ').count();
    let escaped = word.trim_start().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let weight = if bold { " font-weight=\"700\"" } else { "" };
    let under = if underline { " text-decoration=\"underline\"" } else { "" };
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{fill}\" xml:space=\"preserve\"{weight}{opacity}{under}>{escaped}</text>",
        x + indent as f32 * CELL.0,
        y + 13.5
    );
}
