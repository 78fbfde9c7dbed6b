//! Holds the arrows of the house and its two laws. The table of rooms is read from ARCHITECTURE.md, so that the page stays true.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot be set up has failed")]

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

struct Room {
    name: String,
    paths: Vec<String>,
    pure: bool,
    drawing: bool,
    may: BTreeSet<String>,
}

struct House {
    rooms: Vec<Room>,
}

impl House {
    fn read(markdown: &str) -> Self {
        let mut rooms = Vec::new();
        for line in markdown
            .lines()
            .skip_while(|l| !l.starts_with("| room |"))
            .skip(2)
            .take_while(|l| l.starts_with('|'))
        {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [name, paths, pure, may] = cells[..] else {
                panic!("a row of ARCHITECTURE.md has not four cells: {line}")
            };
            let list = |s: &str| {
                s.split(',').map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect::<Vec<_>>()
            };
            rooms.push(Room {
                name: name.into(),
                paths: list(paths),
                pure: pure != "no",
                drawing: pure == "drawing",
                may: list(may).into_iter().collect(),
            });
        }
        assert!(rooms.len() > 15, "ARCHITECTURE.md has lost its table of rooms");
        Self { rooms }
    }

    /// The room of a source file; the longest matching path decides, and a bare `view.rs` matches in any folder of tui.
    fn room_of(&self, file: &str) -> Option<&Room> {
        let fits = |pattern: &str| -> usize {
            if let Some((head, tail)) = pattern.split_once('*') {
                let ok = file.strip_prefix(head).is_some_and(|rest| {
                    rest.split_once('/').is_some_and(|(_, rest)| format!("/{rest}") == tail)
                });
                return if ok { 1_000 } else { 0 };
            }
            if !pattern.starts_with("src") {
                let ok = file.starts_with("src/tui/")
                    && (file.ends_with(&format!("/{pattern}"))
                        || pattern.ends_with('/') && file.contains(&format!("/{pattern}")));
                return if ok { 1_000 } else { 0 };
            }
            let whole = file == pattern
                || file.strip_prefix(pattern).is_some_and(|r| r.starts_with('/'))
                || file == format!("{pattern}.rs");
            if whole { pattern.len() } else { 0 }
        };
        let best = self
            .rooms
            .iter()
            .map(|r| (r.paths.iter().map(|p| fits(p)).max().unwrap_or(0), r))
            .max_by_key(|(n, _)| *n);
        best.filter(|(n, _)| *n > 0).map(|(_, r)| r)
    }

    /// What `source`, standing in `file`, names against the rules.
    fn breaches(&self, file: &str, source: &str, exists: &dyn Fn(&str) -> bool) -> Vec<String> {
        let Some(room) = self.room_of(file) else {
            return if file == "src/lib.rs" {
                Vec::new()
            } else {
                vec![format!("{file} belongs to no room of ARCHITECTURE.md")]
            };
        };
        let parsed = syn::parse_file(source).unwrap_or_else(|e| panic!("{file}: {e}"));
        let mut found = BTreeSet::new();
        let mut paths = Vec::new();
        for item in without_tests(parsed.items) {
            let reexport = matches!(&item, syn::Item::Use(u) if !matches!(u.vis, syn::Visibility::Inherited));
            let mut of_item = Vec::new();
            collect(item.to_token_stream(), &[], &mut of_item);
            paths.extend(of_item.into_iter().map(|p| (p, reexport)));
        }
        for (path, reexport) in paths {
            let first = path.first().map(String::as_str).unwrap_or_default();
            self.outside(room, file, &path, first, &mut found);
            let Some(target) = module_path(file, &path, exists).and_then(|p| self.room_of_module(&p, exists))
            else {
                continue;
            };
            if target.name == room.name {
                continue;
            }
            let own_parent = file.ends_with("mod.rs") || file == "src/main.rs";
            let own_face = reexport && own_parent && related(&target.name, &room.name);
            if !room.may.contains(&target.name) && !own_face {
                found.insert(format!(
                    "{file} ({}) may not name {} ({})",
                    room.name,
                    path.join("::"),
                    target.name
                ));
            }
            if reexport && path.last().is_some_and(|l| l == "*") {
                found.insert(format!("{file} re-exports everything of {}", path.join("::")));
            }
        }
        found.into_iter().collect()
    }

    fn outside(&self, room: &Room, file: &str, path: &[String], first: &str, found: &mut BTreeSet<String>) {
        let joined = path.join("::");
        let mut banned: Vec<&str> = Vec::new();
        if room.pure {
            banned.extend([
                "tokio",
                "reqwest",
                "axum",
                "crossterm",
                "std::fs",
                "std::net",
                "std::env",
                "std::process",
                "fastrand",
            ]);
            banned.extend([
                "std::time::SystemTime",
                "SystemTime",
                "Instant::now",
                "Timestamp::now",
                "jiff::Timestamp::now",
                "Zoned::now",
            ]);
            if !room.drawing {
                banned.push("ratatui");
            }
        }
        if !["wire"].contains(&room.name.as_str()) {
            banned.push("reqwest");
        }
        if room.name != "demo" {
            banned.push("axum");
        }
        // Addresses are values; sockets are not.
        let address = joined.starts_with("std::net::Ip");
        for ban in banned.into_iter().filter(|_| !address) {
            if joined == ban || joined.starts_with(&format!("{ban}::")) {
                found.insert(format!("{file} ({}) may not name {joined}", room.name));
            }
        }
        let writer = path.iter().any(|p| p == "Writer");
        if writer && !["write", "apply", "run"].contains(&room.name.as_str()) && first != "csv" {
            found.insert(format!("{file} ({}) names the Writer: writes go through a plan", room.name));
        }
    }

    fn room_of_module(&self, path: &[String], exists: &dyn Fn(&str) -> bool) -> Option<&Room> {
        // The deepest prefix of the module path that is a file decides.
        for n in (1..=path.len()).rev() {
            let base = format!("src/{}", path[..n].join("/"));
            for file in [format!("{base}.rs"), format!("{base}/mod.rs")] {
                if exists(&file) {
                    return self.room_of(&file);
                }
            }
        }
        None
    }
}

/// A room's own face may re-export what stands in a room below the same folder.
fn related(a: &str, b: &str) -> bool {
    let families =
        [["okta", "model"], ["okta", "write"], ["flow", "record"], ["change", "apply"], ["run", "job"]];
    families.iter().any(|f| f.contains(&a) && f.contains(&b))
}

fn without_tests(items: Vec<syn::Item>) -> Vec<syn::Item> {
    let is_test = |attrs: &[syn::Attribute]| {
        attrs
            .iter()
            .any(|a| a.path().is_ident("cfg") && a.meta.to_token_stream().to_string().contains("test"))
    };
    items
        .into_iter()
        .filter_map(|item| match item {
            syn::Item::Mod(mut m) => {
                if is_test(&m.attrs) {
                    return None;
                }
                m.content = m.content.map(|(b, inner)| (b, without_tests(inner)));
                Some(syn::Item::Mod(m))
            }
            syn::Item::Fn(f) if is_test(&f.attrs) => None,
            syn::Item::Use(u) if is_test(&u.attrs) => None,
            syn::Item::Impl(i) if is_test(&i.attrs) => None,
            other => Some(other),
        })
        .collect()
}

/// Every path in the tokens, macros included: `a::b::{c, d::e}` gives `a::b::c` and `a::b::d::e`.
fn collect(tokens: TokenStream, prefix: &[String], out: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut i = 0;
    while i < tokens.len() {
        match &tokens[i] {
            TokenTree::Group(g) => {
                collect(g.stream(), &[], out);
                i += 1;
            }
            TokenTree::Ident(_) => i = path_at(&tokens, i, prefix, out),
            _ => i += 1,
        }
    }
}

fn path_at(tokens: &[TokenTree], mut i: usize, prefix: &[String], out: &mut Vec<Vec<String>>) -> usize {
    let mut path = prefix.to_vec();
    loop {
        match tokens.get(i) {
            Some(TokenTree::Ident(ident)) => path.push(ident.to_string()),
            Some(TokenTree::Punct(p)) if p.as_char() == '*' => path.push("*".into()),
            Some(TokenTree::Group(g)) => {
                // the braces of a use tree: each comma-separated branch continues this path
                let mut branch = Vec::new();
                for t in g
                    .stream()
                    .into_iter()
                    .chain([TokenTree::Punct(proc_macro2::Punct::new(',', proc_macro2::Spacing::Alone))])
                {
                    if matches!(&t, TokenTree::Punct(p) if p.as_char() == ',') {
                        if !branch.is_empty() {
                            path_at(&branch, 0, &path, out);
                        }
                        branch.clear();
                    } else {
                        branch.push(t);
                    }
                }
                return i + 1;
            }
            _ => {
                out.push(path);
                return i;
            }
        }
        i += 1;
        let colons = |k: usize| matches!(tokens.get(k), Some(TokenTree::Punct(p)) if p.as_char() == ':');
        let goes_on = matches!(tokens.get(i + 2), Some(TokenTree::Ident(_)))
            || matches!(tokens.get(i + 2), Some(TokenTree::Group(g)) if g.delimiter() == proc_macro2::Delimiter::Brace)
            || matches!(tokens.get(i + 2), Some(TokenTree::Punct(p)) if p.as_char() == '*');
        if colons(i) && colons(i + 1) && goes_on {
            i += 2;
        } else {
            out.push(path);
            return i;
        }
    }
}

/// The path as seen from the crate's root; `None` for another crate's.
fn module_path(file: &str, path: &[String], exists: &dyn Fn(&str) -> bool) -> Option<Vec<String>> {
    let own: Vec<String> = file
        .trim_start_matches("src/")
        .trim_end_matches(".rs")
        .split('/')
        .filter(|p| !["mod", "lib", "main"].contains(p))
        .map(str::to_owned)
        .collect();
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "oktui" if file == "src/main.rs" => Some(path[1..].to_vec()),
        "self" => Some([own, path[1..].to_vec()].concat()),
        "super" => {
            let ups = path.iter().take_while(|p| *p == "super").count();
            let keep = own.len().checked_sub(ups)?;
            Some([own[..keep].to_vec(), path[ups..].to_vec()].concat())
        }
        child => {
            let base = format!("src/{}", [own.clone(), vec![child.to_owned()]].concat().join("/"));
            let is_module =
                path.len() > 1 && (exists(&format!("{base}.rs")) || exists(&format!("{base}/mod.rs")));
            is_module.then(|| [own, path.to_vec()].concat())
        }
    }
}

fn sources(dir: &Path, out: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name =
                path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_string_lossy().replace('\\', "/");
            let test_only =
                name.ends_with("/tests.rs") || name.contains("/tests/") || name.ends_with("/fixtures.rs");
            if !test_only {
                out.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
}

fn house() -> House {
    House::read(&std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/ARCHITECTURE.md")).unwrap())
}

#[test]
fn every_room_names_only_what_it_may() {
    let mut files = BTreeMap::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let house = house();
    let exists = |f: &str| files.contains_key(f);
    let breaches: Vec<String> = files.iter().flat_map(|(f, s)| house.breaches(f, s, &exists)).collect();
    assert!(breaches.is_empty(), "{} breaches:\n{}", breaches.len(), breaches.join("\n"));
}

#[test]
fn bad_samples_are_caught() {
    let house = house();
    let real = [
        "src/okta/write/mod.rs",
        "src/okta/model/mod.rs",
        "src/okta/mod.rs",
        "src/wire/mod.rs",
        "src/flow/mod.rs",
        "src/tui/mod.rs",
        "src/setup/mod.rs",
        "src/text/mod.rs",
        "src/change/apply/mod.rs",
        "src/demo/mod.rs",
        "src/run/mod.rs",
    ];
    let exists = |f: &str| real.contains(&f);
    for (file, source, why) in [
        ("src/setup/mod.rs", "use crate::okta::write::Writer;", "a use"),
        ("src/setup/mod.rs", "fn f() { crate::okta::write::now(); }", "an inline path"),
        ("src/setup/mod.rs", "fn f() { println!(\"{}\", crate::wire::x()); }", "a path in a macro"),
        ("src/setup/mod.rs", "use crate::{text, wire::{Client}};", "a branch of a use tree"),
        ("src/okta/model/mod.rs", "use super::write::Done;", "super"),
        ("src/okta/mod.rs", "fn f(x: write::Done) {}", "a child module without a prefix, as a type"),
        ("src/setup/mod.rs", "fn f() { let t = jiff::Timestamp::now(); }", "a clock in a pure room"),
        ("src/setup/mod.rs", "fn f() { std::fs::read(\"x\"); }", "a file in a pure room"),
        ("src/tui/screens/home/update.rs", "use ratatui::Frame;", "drawing in an update"),
        ("src/tui/screens/home/view.rs", "use crate::wire::Client;", "the wire in a view"),
        ("src/tui/event_loop.rs", "fn f(w: &mut Writer) {}", "the Writer's name by itself"),
        ("src/flow/record/mod.rs", "use crate::okta::model::App;", "okta in the flow"),
        ("src/run/mod.rs", "use reqwest::Client;", "reqwest outside of wire"),
        ("src/demo/mod.rs", "use crate::text::Clean;", "the demo sharing a type"),
        ("src/run/mod.rs", "use crate::demo::start;", "run starting the demo"),
        ("src/novel/mod.rs", "fn f() {}", "a room that the page does not know"),
    ] {
        assert!(!house.breaches(file, source, &exists).is_empty(), "not caught: {why}");
    }
}

#[test]
fn good_samples_pass() {
    let house = house();
    let real = [
        "src/okta/write/mod.rs",
        "src/okta/model/mod.rs",
        "src/text/mod.rs",
        "src/change/apply/mod.rs",
        "src/okta/mod.rs",
    ];
    let exists = |f: &str| real.contains(&f);
    for (file, source) in [
        ("src/change/apply/mod.rs", "use crate::okta::write::Writer; use tokio::sync::mpsc;"),
        ("src/setup/mod.rs", "use crate::okta::model::App; use crate::text::Clean;"),
        ("src/setup/mod.rs", "#[cfg(test)] mod tests { use crate::wire::Client; }"),
        ("src/tui/screens/home/view.rs", "use ratatui::Frame;"),
        ("src/okta/mod.rs", "pub mod model;"),
    ] {
        let breaches = house.breaches(file, source, &exists);
        assert!(breaches.is_empty(), "{breaches:?}");
    }
}
