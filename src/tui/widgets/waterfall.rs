//! When something happened and how long it took, as a bar on a scale that all rows share.

use crate::tui::theme::Theme;

/// A bar for `took` milliseconds that began at `at`, where the whole scale of `cells` cells stands for `whole` milliseconds. What
/// took any time at all has at least one cell.
pub fn bar(theme: Theme, at: u64, took: u64, whole: u64, cells: usize) -> String {
    if cells == 0 {
        return String::new();
    }
    let whole = whole.max(1);
    let cell = |ms: u64| usize::try_from(ms.min(whole).saturating_mul(cells as u64) / whole).unwrap_or(cells);
    let from = cell(at).min(cells - 1);
    let to = cell(at.saturating_add(took)).clamp(from + 1, cells);
    format!("{}{}", " ".repeat(from), theme.bar().repeat(to - from))
}

/// The head of the column: `0 ───── 412`, in at most `cells` cells.
pub fn scale(theme: Theme, whole: u64, cells: usize) -> String {
    let end = whole.to_string();
    let rule = cells.saturating_sub(end.len() + 4);
    if rule == 0 { end } else { format!("0 {} {end}", theme.line().repeat(rule)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bars_share_a_scale() {
        let theme = Theme::new(false, true);
        assert_eq!(bar(theme, 0, 50, 100, 10), "#####");
        assert_eq!(bar(theme, 50, 25, 100, 10), "     ##");
        assert_eq!(bar(theme, 100, 0, 100, 10), "         #");
        assert_eq!(scale(theme, 412, 11), "0 ---- 412");
    }

    proptest! {
        #[test]
        fn a_bar_is_seen_and_fits(at in any::<u64>(), took in any::<u64>(), whole in any::<u64>(), cells in 1usize..60) {
            let drawn = bar(Theme::new(false, true), at, took, whole, cells);
            prop_assert!(drawn.len() <= cells && drawn.contains('#'));
        }
    }
}
