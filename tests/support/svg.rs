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

/// The picture.
pub fn picture(screen: &vt100::Screen) -> String {
    let (rows, cols) = screen.size();
    let (rows, cols) = (rows.get(), cols.get());
    let (w, h) = (f32::from(cols) * CELL.0 + 24.0, f32::from(rows) * CELL.1 + 24.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w:.0} {h:.0}\" font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"14\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#14161b\"/>\n"
    );
    for row in 0..rows {
        let mut col = 0;
        while col < cols {
            let Some(first) = screen.cell(row, col) else { break };
            let look = (first.fgcolor(), first.bold(), first.dim(), first.inverse(), first.underline());
            let start = col;
            let mut text = String::new();
            let mut cells = 0u16;
            while let Some(cell) = screen.cell(row, col) {
                if (cell.fgcolor(), cell.bold(), cell.dim(), cell.inverse(), cell.underline()) != look {
                    break;
                }
                if !cell.is_wide_continuation() {
                    text.push_str(if cell.contents().is_empty() { " " } else { cell.contents() });
                }
                cells += 1;
                col += 1;
            }
            if text.trim().is_empty() && !look.3 {
                continue;
            }
            let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let (x, y) = (12.0 + f32::from(start) * CELL.0, 12.0 + f32::from(row) * CELL.1);
            let mut fill = colour(look.0, "#d7dae0");
            if look.3 {
                let _ = writeln!(
                    out,
                    "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{}\" fill=\"{fill}\"/>",
                    f32::from(cells) * CELL.0,
                    CELL.1
                );
                fill = "#14161b".into();
            }
            let weight = if look.1 { " font-weight=\"700\"" } else { "" };
            let opacity = if look.2 { " opacity=\"0.65\"" } else { "" };
            let under = if look.4 { " text-decoration=\"underline\"" } else { "" };
            let _ = writeln!(
                out,
                "<text x=\"{x:.1}\" y=\"{:.1}\" fill=\"{fill}\" textLength=\"{:.1}\" xml:space=\"preserve\"{weight}{opacity}{under}>{escaped}</text>",
                y + 13.5,
                f32::from(cells) * CELL.0
            );
        }
    }
    out.push_str("</svg>\n");
    out
}
