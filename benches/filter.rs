//! What a key in a filter costs in a list of 100,000 people. Run with `cargo bench --bench filter`.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use oktui::people::matching::{Finder, Haystacks, Matching};

fn main() {
    divan::main();
}

const FIRST: [&str; 16] = [
    "Ana", "Ben", "Cho", "Dana", "Eli", "Fay", "Gil", "Hana", "Ivo", "Jana", "Kai", "Márcio", "Marek",
    "Marta", "Omar", "Tamar",
];
const LAST: [&str; 16] = [
    "Petrović",
    "Ortiz",
    "Min",
    "Kovac",
    "Stone",
    "Adeyemi",
    "Novák",
    "Sato",
    "Dvořák",
    "Silva",
    "Weber",
    "Souza",
    "Farouk",
    "Nowak",
    "Levi",
    "O’Neil",
];

fn part(names: &[&'static str], n: usize) -> &'static str {
    names.get(n % names.len()).copied().unwrap_or_default()
}

/// People with a number in their login, as large orgs have them.
fn people(count: usize) -> Haystacks {
    let mut list = Haystacks::default();
    for n in 0..count {
        let name = format!("{} {} {n}", part(&FIRST, n), part(&LAST, n / 16));
        let login = format!("{}.{}{n}@acme.example", part(&FIRST, n), part(&LAST, n / 16)).to_lowercase();
        list.push(&[&name, &login, &login]);
    }
    list
}

/// The first key, which has to look at everybody.
#[divan::bench(args = ["m", "a", "mar", "nowak", "marta nowak", "z"])]
fn first_key(bencher: Bencher, text: &str) {
    let (list, mut finder) = (people(100_000), Finder::default());
    bencher.counter(ItemsCount::new(list.len())).bench_local(|| {
        let mut matching = Matching::default();
        matching.find(&mut finder, black_box(&list), text);
        matching.rows().len()
    });
}

/// The key after these, which looks at what they found.
#[divan::bench(args = ["m", "ma", "mar", "mart"])]
fn next_key(bencher: Bencher, text: &str) {
    let (list, mut finder) = (people(100_000), Finder::default());
    let mut before = Matching::default();
    before.find(&mut finder, &list, text);
    let next = format!("{text}a");
    bencher.counter(ItemsCount::new(list.len())).with_inputs(|| before.clone()).bench_local_refs(
        |matching| {
            matching.find(&mut finder, black_box(&list), &next);
            matching.rows().len()
        },
    );
}

/// A page of 200 people comes in while a filter is set.
#[divan::bench]
fn a_page_comes_in(bencher: Bencher) {
    let (whole, less, mut finder) = (people(100_000), people(99_800), Finder::default());
    let mut before = Matching::default();
    before.find(&mut finder, &less, "mar");
    bencher.with_inputs(|| before.clone()).bench_local_refs(|matching| {
        matching.find(&mut finder, black_box(&whole), "mar");
        matching.rows().len()
    });
}
