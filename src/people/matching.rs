//! Finds rows of a long list by what is typed: the letters of each word in their order, close together, without regard to case or
//! accents, the best first.
//!
//! A row's text is folded once, when the row comes in, and lies with all others in one piece of memory. A filter that grows looks only
//! at what it found before; nothing is allocated for a row.

use nucleo_matcher::chars::{normalize, to_lower_case};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// The folded texts of a list's rows, in the list's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Haystacks {
    text: String,
    /// Where each row's text ends.
    ends: Vec<u32>,
    /// Which letters each row has: most rows are passed over by this alone.
    letters: Vec<u32>,
}

impl Haystacks {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Takes all rows away.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Adds a row that is found by any of `parts`. A part that says the same as the one before is passed over: most e-mail addresses
    /// are logins.
    pub fn push(&mut self, parts: &[&str]) {
        let start = self.text.len();
        let mut before = "";
        for part in parts.iter().filter(|p| !p.is_empty()) {
            if *part != before {
                if self.text.len() > start {
                    self.text.push(' ');
                }
                self.text.extend(folded(part));
                before = part;
            }
        }
        let letters = self.text.get(start..).map_or(0, letters);
        self.letters.push(letters);
        // 4 GiB of names do not come: 500,000 people have about 30 MB.
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    fn row(&self, row: usize) -> &str {
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(row).copied().unwrap_or(start);
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }
}

/// Lower case, letters of Latin scripts without their accents, combining marks left out.
fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')).map(|c| {
        // nucleo's tables have no ASCII, and that of accents has some small letters only.
        let c = if c.is_ascii() { c.to_ascii_lowercase() } else { normalize(to_lower_case(c)) };
        c.to_ascii_lowercase()
    })
}

/// One bit for each letter, and for kinds of other characters.
fn letters(text: &str) -> u32 {
    text.chars().fold(0, |all, c| {
        all | 1
            << match c {
                'a'..='z' => c as u32 - 'a' as u32,
                '0'..='9' => 26,
                '.' => 27,
                '@' => 28,
                '-' | '_' => 29,
                c if c.is_ascii() => 30,
                _ => 31,
            }
    })
}

/// The matcher and its memory, about 135 kB: one for all lists of a screen.
#[derive(Clone, Debug)]
pub struct Finder {
    matcher: Matcher,
    row: Vec<char>,
    /// Those of other threads, for long lists.
    others: Vec<Finder>,
}

impl Default for Finder {
    fn default() -> Self {
        // Both sides are folded already.
        let mut config = Config::DEFAULT;
        config.ignore_case = false;
        config.normalize = false;
        Self { matcher: Matcher::new(config), row: Vec::new(), others: Vec::new() }
    }
}

/// A word that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: String,
    chars: Vec<char>,
    letters: u32,
}

/// nucleo gives 16 for a letter, 4 more beside another one, and less for each letter between two. A part of a word has at least
/// `20 n - 4`; whoever has less than this has its letters scattered, which is no match in a list where everything that matches can be
/// marked.
fn close_enough(letters: usize) -> u16 {
    u16::try_from(letters).unwrap_or(u16::MAX).saturating_mul(18).saturating_sub(2)
}

/// From how many rows on several threads look.
const MANY: usize = 10_000;

/// How a filter stands to a row.
enum Fit {
    /// Its letters are not there: nor will they be when the filter grows.
    No,
    /// They are there, scattered.
    Scattered,
    /// They are there, close together, this well.
    Close(u16),
}

/// What a filter finds in a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matching {
    text: String,
    words: Vec<Word>,
    /// How many rows of the list were looked at.
    seen: usize,
    /// Rows that have all the letters in order: what a longer filter has to look at.
    candidates: Vec<u32>,
    /// How well a row fits, turned round and put before its number, so that the best row is the smallest.
    hits: Vec<u64>,
    rows: Vec<u32>,
}

impl Matching {
    /// Rows that match, the best first; of equals, the one that comes first in the list.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// How many rows of the list were looked at.
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// Whether everything matches.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Forgets what was found: the list is another one.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Finds `text` in `list`. Where neither has changed since the last time, nothing is done; where only rows were added, only they
    /// are looked at.
    pub fn find(&mut self, finder: &mut Finder, list: &Haystacks, text: &str) {
        if self.seen > list.len() {
            self.reset();
        }
        let text: String = folded(text.trim_start()).collect();
        let same = text == self.text;
        if same && self.seen == list.len() {
            return;
        }
        let mut old = Vec::new();
        if !same {
            self.hits.clear();
            self.rows.clear();
            if !self.words.is_empty() && text.starts_with(&self.text) {
                old = std::mem::take(&mut self.candidates);
            } else {
                self.candidates.clear();
                self.seen = 0;
            }
            let word = |w: &str| Word { text: w.to_owned(), chars: w.chars().collect(), letters: letters(w) };
            self.words = text.split_whitespace().map(word).collect();
            self.text = text;
        }
        let all = u32::try_from(list.len()).unwrap_or(u32::MAX);
        let new = u32::try_from(self.seen).unwrap_or(u32::MAX)..all;
        self.seen = list.len();
        if self.words.is_empty() {
            self.rows.extend(new);
            return;
        }
        old.extend(new);
        let parts = if old.len() < MANY {
            1
        } else {
            std::thread::available_parallelism().map_or(1, |n| n.get().min(4))
        };
        if parts == 1 {
            self.look(finder, list, &old);
        } else {
            self.look_side_by_side(finder, list, &old, parts);
        }
        self.hits.sort_unstable();
        self.rows.clear();
        #[allow(clippy::cast_possible_truncation, reason = "the lower half is the row's number")]
        self.rows.extend(self.hits.iter().map(|hit| *hit as u32));
    }
}

impl Matching {
    /// Looks at these rows, in their order.
    fn look(&mut self, finder: &mut Finder, list: &Haystacks, rows: &[u32]) {
        for row in rows.iter().copied() {
            match fit(finder, list, &self.words, row) {
                Fit::No => {}
                Fit::Scattered => self.candidates.push(row),
                Fit::Close(score) => {
                    self.candidates.push(row);
                    self.hits.push(u64::from(u16::MAX - score) << 32 | u64::from(row));
                }
            }
        }
    }

    /// The same by several threads, each with a matcher and a part of the rows of its own.
    fn look_side_by_side(&mut self, finder: &mut Finder, list: &Haystacks, rows: &[u32], parts: usize) {
        finder.others.resize_with(parts - 1, Finder::default);
        let mut chunks = rows.chunks(rows.len().div_ceil(parts).max(1));
        let first = chunks.next().unwrap_or_default();
        let others = std::mem::take(&mut finder.others);
        let words = &self.words;
        let (mine, theirs) = std::thread::scope(|scope| {
            let running: Vec<_> = chunks
                .zip(others)
                .map(|(chunk, mut other)| {
                    scope.spawn(move || {
                        let mut part = Self { words: words.clone(), ..Self::default() };
                        part.look(&mut other, list, chunk);
                        (part, other)
                    })
                })
                .collect();
            let mut mine = Self { words: words.clone(), ..Self::default() };
            mine.look(finder, list, first);
            (mine, running.into_iter().map(|thread| thread.join()).collect::<Vec<_>>())
        });
        let mut parts = vec![mine];
        for done in theirs {
            match done {
                Ok((part, other)) => {
                    parts.push(part);
                    finder.others.push(other);
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        for part in parts {
            self.candidates.extend(part.candidates);
            self.hits.extend(part.hits);
        }
    }
}

fn fit(finder: &mut Finder, list: &Haystacks, words: &[Word], row: u32) -> Fit {
    let row = row as usize;
    let has = list.letters.get(row).copied().unwrap_or(0);
    if words.iter().any(|w| w.letters & !has != 0) {
        return Fit::No;
    }
    let text = list.row(row);
    let Finder { matcher, row: chars, .. } = finder;
    let hay = if text.is_ascii() {
        Utf32Str::Ascii(text.as_bytes())
    } else {
        chars.clear();
        chars.extend(text.chars());
        Utf32Str::Unicode(chars)
    };
    let (mut sum, mut close) = (0_u16, true);
    for word in words {
        let needle = if word.text.is_ascii() {
            Utf32Str::Ascii(word.text.as_bytes())
        } else {
            Utf32Str::Unicode(&word.chars)
        };
        let Some(score) = matcher.fuzzy_match(hay, needle) else { return Fit::No };
        close &= score >= close_enough(word.chars.len());
        sum = sum.saturating_add(score);
    }
    if close { Fit::Close(sum) } else { Fit::Scattered }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(rows: &[&[&str]]) -> Haystacks {
        let mut list = Haystacks::default();
        rows.iter().for_each(|r| list.push(r));
        list
    }

    fn found(list: &Haystacks, text: &str) -> Vec<u32> {
        let mut matching = Matching::default();
        matching.find(&mut Finder::default(), list, text);
        matching.rows().to_vec()
    }

    fn people() -> Haystacks {
        list(&[
            &["Tomas Berger", "tomas.berger@acme.com", "tomas.berger@acme.com"],
            &["Omar Farouk", "omar.farouk@acme.com", "of@elsewhere.example"],
            &["Marek Dvořák", "marek.dvorak@acme.com"],
            &["MÁRCIO Souza", "m.souza@acme.com"],
            &["田中 まり", "mari.tanaka@acme.com"],
            &["Ольга Ким", "olga@acme.com"],
        ])
    }

    #[test]
    fn case_and_accents_do_not_count_and_the_beginning_of_a_word_comes_first() {
        let people = people();
        assert_eq!(found(&people, "mar"), [2, 3, 4, 1]);
        assert_eq!(found(&people, "DVOŘ"), [2]);
        assert_eq!(found(&people, "dvořa\u{301}k"), [2]);
        assert_eq!(found(&people, "田中"), [4]);
        assert_eq!(found(&people, "ОЛЬГА"), [5]);
        assert_eq!(found(&people, "elsewhere"), [1]);
    }

    #[test]
    fn letters_may_be_left_out_but_not_scattered() {
        let people = people();
        assert_eq!(found(&people, "mdvo"), [2]);
        assert_eq!(found(&people, "far om"), [1], "each word for itself");
        // T-o-M-as Berg-Er has an m, an a and an r, far from each other.
        assert!(!found(&people, "mar").contains(&0));
        assert_eq!(found(&people, "xyz"), Vec::<u32>::new());
        assert_eq!(found(&people, "  ").len(), 6);
    }

    #[test]
    fn rows_that_come_later_are_found_too() {
        let (mut list, mut finder, mut matching) = (people(), Finder::default(), Matching::default());
        matching.find(&mut finder, &list, "ma");
        list.push(&["Maria", "maria@acme.com"]);
        matching.find(&mut finder, &list, "ma");
        assert!(matching.rows().contains(&6));
        matching.find(&mut finder, &list, "maria");
        assert_eq!(matching.rows().first(), Some(&6));
        list.clear();
        matching.find(&mut finder, &list, "maria");
        assert!(matching.rows().is_empty());
    }

    #[test]
    fn several_threads_find_what_one_finds() {
        let mut list = Haystacks::default();
        for n in 0..2 * MANY {
            list.push(&[
                &format!("Person {n} {}", ["marta", "tomas", "mori"][n % 3]),
                &format!("p{n}@acme.com"),
            ]);
        }
        for text in ["mar", "m", "to acme", "77"] {
            let many = found(&list, text);
            let word = |w: &str| Word { text: w.to_owned(), chars: w.chars().collect(), letters: letters(w) };
            let words = text.split_whitespace().map(word).collect();
            let mut one = Matching { words, ..Matching::default() };
            let rows: Vec<u32> = (0..u32::try_from(list.len()).unwrap()).collect();
            one.look(&mut Finder::default(), &list, &rows);
            one.hits.sort_unstable();
            let rows: Vec<u32> = one.hits.iter().map(|hit| *hit as u32).collect();
            assert_eq!(many, rows, "{text}");
        }
    }

    proptest! {
        /// A filter that grew key by key, over a list that grew row by row, finds what a fresh one finds.
        #[test]
        fn growing_finds_the_same(
            rows in prop::collection::vec("[a-dé ]{0,12}", 0..20), keys in "[a-dé ]{0,6}", late in 0_usize..20,
        ) {
            let (mut list, mut finder, mut matching) = (Haystacks::default(), Finder::default(), Matching::default());
            let late = late.min(rows.len());
            rows[..late].iter().for_each(|r| list.push(&[r]));
            let mut typed = String::new();
            for key in keys.chars() {
                typed.push(key);
                matching.find(&mut finder, &list, &typed);
            }
            rows[late..].iter().for_each(|r| list.push(&[r]));
            matching.find(&mut finder, &list, &typed);
            prop_assert_eq!(matching.rows(), found(&list, &typed));
        }

        /// Whatever holds the text as it is, is found; whatever is found has its letters.
        #[test]
        fn a_part_of_a_row_is_found(before in "\\PC{0,8}", text in "[a-zA-Z0-9.@]{1,8}", after in "\\PC{0,8}") {
            let list = list(&[&[&format!("{before}{text}{after}")]]);
            prop_assert_eq!(found(&list, &text), [0]);
        }
    }
}
