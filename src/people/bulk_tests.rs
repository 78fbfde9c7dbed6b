use super::*;
use proptest::prelude::*;

fn asked(list: &List) -> Vec<(u64, &str)> {
    list.entries.iter().map(|e| (e.line, e.asked.as_str())).collect()
}

fn of(text: &str) -> List {
    parse(text.as_bytes()).unwrap()
}

#[test]
fn plain_lines_with_comments_blanks_and_any_line_end() {
    for end in ["\n", "\r\n", "\r"] {
        let list = of(&["# team, A", "ada@example.com", "", "  bob ", "00uabcdefghijklmnop1"].join(end));
        assert_eq!(asked(&list), [(2, "ada@example.com"), (4, "bob"), (5, "00uabcdefghijklmnop1")]);
        assert_eq!(list.form, "one on each line, UTF-8");
        assert!(list.notes.is_empty());
    }
}

#[test]
fn a_header_names_the_column_in_any_case_and_spelling() {
    for (header, index) in [("Name;User_Login;E-Mail", 1), ("profile.email;x;y", 0), ("a;b;User ID", 2)] {
        let mut cells = ["x1", "x2", "x3"];
        cells[index] = "ada";
        let list = of(&format!("{header}\r\n{}\r\n", cells.join(";")));
        assert_eq!(asked(&list), [(2, "ada")], "{header}");
        assert!(list.form.starts_with("semicolon-separated, column \""), "{}", list.form);
    }
    let list = of("email,login,team\nada@example.com,ada,x\n");
    assert_eq!(asked(&list), [(2, "ada")], "the login is the surest");
    assert_eq!(list.notes, ["Columns passed over: email, team."]);
}

#[test]
fn without_a_header_the_column_that_looks_like_logins_is_taken() {
    let list = of("Ada\tada@example.com\tx\nBob\tbob@example.com\ty\n");
    assert_eq!(asked(&list), [(1, "ada@example.com"), (2, "bob@example.com")]);
    assert_eq!(list.form, "tab-separated, column 2, no header, UTF-8");
    let list = of("Wer,Adresse\nAda,ada@example.com\n");
    assert_eq!(asked(&list), [(2, "ada@example.com")], "a header in other words is no row");
    assert_eq!(
        parse(b"Ada,Lovelace\nBob,Ross\n"),
        Err(Refusal::NoColumn { columns: "Ada, Lovelace".into() })
    );
}

#[test]
fn quotes_hold_delimiters_line_ends_and_quotes() {
    let list = of("name,note,login\n\"Lovelace, Ada\",\"two\nlines\",ada\n\"Say \"\"B\"\"\",x,\"bob\"\n");
    assert_eq!(asked(&list), [(2, "ada"), (4, "bob")], "a row's line is where it begins");
}

#[test]
fn addresses_as_a_mail_program_copies_them() {
    let list = of("Ada Lovelace <ada@example.com>; \"Ross, Bob\" <bob@example.com>");
    assert_eq!(asked(&list), [(1, "ada@example.com"), (1, "bob@example.com")]);
    let list = of("Ada <ada@example.com>\n");
    assert_eq!(asked(&list), [(1, "ada@example.com")]);
}

#[test]
fn the_same_twice_says_where_it_stood_first_and_ids_keep_their_case() {
    let list = of("ada@x.com\nADA@X.com\n00uabcdefghijklmnopQ\n00uabcdefghijklmnopq\n");
    let repeats: Vec<_> = list.entries.iter().map(|e| e.repeats).collect();
    assert_eq!(repeats, [None, Some(1), None, None]);
}

#[test]
fn a_row_with_an_empty_cell_is_told() {
    let list = of("login,name\nada,Ada\n,Bob\ncyd\n");
    assert_eq!(asked(&list), [(2, "ada"), (4, "cyd")]);
    assert_eq!(list.notes[1], "Passed over 1 row with nothing in that column, the first on line 3.");
}

#[test]
fn what_is_no_list_is_told_apart() {
    assert_eq!(parse(b""), Err(Refusal::Empty));
    assert_eq!(parse(b"\xef\xbb\xbf\n# x\n"), Err(Refusal::Empty));
    assert_eq!(parse(b"login\n"), Err(Refusal::Empty));
    assert_eq!(parse(b"\xff\xfea\0d\0a\0"), Err(Refusal::Utf16));
    assert_eq!(parse(b"a\0d\0a\0\n\0"), Err(Refusal::Utf16));
    assert_eq!(parse(b"ada\nj\xfcrgen\n"), Err(Refusal::NotUtf8 { line: 2 }));
    assert_eq!(parse(b"\x7fELF\x01\x01\x00\x02"), Err(Refusal::Binary));
    assert!(matches!(parse(b"PK\x03\x04rest"), Err(Refusal::Document(_))));
    assert_eq!(parse(&vec![b'a'; LARGEST + 1]), Err(Refusal::TooLarge));
    let long = format!("ada\n{}\n", "x".repeat(1_000_000));
    assert_eq!(parse(long.as_bytes()), Err(Refusal::TooLong { line: 2, bytes: 1_000_000 }));
    assert_eq!(parse(b"login,name\nada,\"Ada\nbob,Bob\n"), Err(Refusal::OpenQuote { line: 2 }));
    assert_eq!(parse(b"login\n\"ada\nbob\n\"\n"), Err(Refusal::OpenQuote { line: 2 }));
    let many = "a\n".repeat(MOST_ROWS + 1);
    assert_eq!(parse(many.as_bytes()), Err(Refusal::TooMany));
}

#[test]
fn what_a_terminal_would_obey_is_cleaned() {
    assert_eq!(asked(&of("ada\u{202e}@x.com\n")), [(1, "ada<202E>@x.com")]);
}

fn cell() -> impl Strategy<Value = String> {
    // Any text that a login could be, delimiters and quotes among it; no line end, no `#` or `<` with a meaning of its own.
    "[a-zA-Z0-9éß田,;\"'.+-][a-zA-Z0-9 éß田,;\"'@.+-]{0,20}[a-z0-9]"
}

proptest! {
    #[test]
    fn what_a_csv_writer_wrote_is_read_back(
        logins in proptest::collection::vec((cell(), cell()), 1..40),
        which in 0..3_usize,
        crlf in any::<bool>(),
        mark in any::<bool>(),
    ) {
        let mut out = if mark { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
        let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let delimiter = [b',', b';', b'\t'][which];
        // Quoted throughout, so that the delimiters in the cells do not count.
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter).terminator(end).quote_style(csv::QuoteStyle::Always).from_writer(&mut out);
        writer.write_record(["name", "login"]).unwrap();
        for (name, login) in &logins {
            writer.write_record([name, login]).unwrap();
        }
        writer.flush().unwrap();
        drop(writer);
        let list = parse(&out).unwrap();
        let wanted: Vec<(u64, &str)> = (2..).zip(logins.iter().map(|(_, l)| l.trim())).collect();
        prop_assert_eq!(asked(&list), wanted);
        for (at, e) in list.entries.iter().enumerate() {
            let first = logins.iter().position(|(_, l)| key(l) == key(e.asked.as_str())).unwrap();
            prop_assert_eq!(e.repeats, (first < at).then_some(first as u64 + 2));
        }
    }

    #[test]
    fn no_bytes_make_it_panic_and_lines_go_up(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn no_text_makes_it_panic_and_lines_go_up(text in "[a,;\"\t\r\n#<>@ \u{feff}é0u]{0,80}") {
        if let Ok(list) = parse(text.as_bytes()) {
            let lines: Vec<u64> = list.entries.iter().map(|e| e.line).collect();
            prop_assert!(lines.is_sorted());
            prop_assert!(list.entries.iter().all(|e| !e.asked.as_str().is_empty()));
            let ends = text.matches(['\n', '\r']).count() as u64;
            prop_assert!(lines.iter().all(|l| (1..=ends + 1).contains(l)));
        }
    }
}
