use super::*;
use std::fs;

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_written_file_is_private_from_folder_to_bytes() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a/b/file");
    assert_eq!(read(&path).unwrap(), None);
    write_private(&path, b"one").unwrap();
    write_private(&path, b"two").unwrap();
    assert_eq!(read(&path).unwrap().unwrap(), b"two");
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(mode(&home.path().join("a")), 0o700);
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn a_new_file_never_replaces_one() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("key");
    assert!(write_private_new(&path, b"first").unwrap());
    assert!(!write_private_new(&path, b"second").unwrap());
    assert_eq!(read(&path).unwrap().unwrap(), b"first");
    assert!(remove(&path).unwrap() && !remove(&path).unwrap());
}

#[test]
fn lines_are_appended_whole() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state/journal");
    assert_eq!(read_lines(&path).unwrap(), Lines::default());
    append_synced(&path, "one").unwrap();
    append_synced(&path, "").unwrap();
    append_synced(&path, "three").unwrap();
    assert_eq!(
        read_lines(&path).unwrap(),
        Lines { whole: vec!["one".into(), String::new(), "three".into()], torn: false }
    );
    assert_eq!(mode(&path), 0o600);
    assert!(matches!(append_synced(&path, "a\nb"), Err(StoreError::NotALine { .. })));
}

#[test]
fn a_torn_last_line_is_left_out_and_cut_off_by_the_next() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("journal");
    // Longer than the block that is read from the end, and cut inside a character.
    for torn in [&b"{\"half\":\xc3"[..], &[b'x'; 10_000][..]] {
        fs::write(&path, [&b"one\n"[..], torn].concat()).unwrap();
        assert_eq!(read_lines(&path).unwrap(), Lines { whole: vec!["one".into()], torn: true });
        append_synced(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    }
    fs::write(&path, b"only half").unwrap();
    assert_eq!(read_lines(&path).unwrap(), Lines { whole: vec![], torn: true });
    append_synced(&path, "one").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "one\n");
}

#[test]
fn a_lock_is_held_until_it_is_dropped() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state/lock");
    let first = Lock::exclusive(&path).unwrap();
    match Lock::exclusive(&path) {
        Err(LockError::Held { pid, .. }) => assert_eq!(pid, Some(std::process::id())),
        other => panic!("{other:?}"),
    }
    drop(first);
    drop(Lock::exclusive(&path).unwrap());
    assert_eq!(fs::read(&path).unwrap(), b"", "no old process number stays");
}

#[test]
fn an_error_names_the_path_and_what_helps() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("file"), b"").unwrap();
    let said = write_private(&home.path().join("file/below\u{1b}"), b"").unwrap_err().to_string();
    assert!(said.contains("file") && said.contains("OKTUI_HOME") && !said.contains('\u{1b}'), "{said}");
    assert!(read(home.path()).unwrap_err().to_string().contains("cannot read"));
}

#[test]
fn all_places_lie_under_one_home() {
    let places = Places::under(Path::new("/h"));
    for place in [&places.config, &places.data, &places.state] {
        assert_eq!(place.parent(), Some(Path::new("/h")));
    }
}

#[test]
fn a_reader_sees_the_old_bytes_or_the_new_ones() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("file");
    write_private(&path, &[0; 100_000]).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            loop {
                let last = done.load(Ordering::Relaxed);
                let bytes = read(&path).unwrap().unwrap();
                assert!(bytes.len() == 100_000 && bytes.iter().all(|b| *b == bytes[0]));
                if last {
                    break bytes[0];
                }
            }
        });
        for round in 1..30 {
            write_private(&path, &[round; 100_000]).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        assert_eq!(reader.join().unwrap(), 29);
    });
}
