//! What opening a browser's capture costs. Run with `cargo bench --bench har`: it prints seconds and bytes a second.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use oktui::diagnose::{har, judge};

#[path = "../tests/support/capture.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod capture;

fn main() {
    divan::main();
}

/// From the first byte to the findings.
#[divan::bench(args = [100, 1_000, 10_000], sample_count = 5, sample_size = 1)]
fn open(bencher: Bencher<'_, '_>, entries: usize) {
    let file = capture::browser_har(entries);
    bencher
        .counter(BytesCount::new(file.len()))
        .bench(|| judge(&har::read(black_box(file.as_slice()), &[], None)));
}
