//! What nobody should send, and what happens to machines: bounded, said, and the rest is read.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use goulet::corpus::{Corpus, Options};
use goulet::warning::{Warning, Warnings};

use crate::support::{folder, goulet, run_on, statement, stderr, stdout};

/// `extract` on a path.
fn extract(path: &Path, more: &[&str]) -> Output {
    goulet().arg("extract").arg(path).args(more).output().unwrap()
}

fn gzip(bytes: impl Read) -> Vec<u8> {
    let mut packed = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::best()).read_to_end(&mut packed).unwrap();
    packed
}

fn zstd(bytes: impl Read) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 1).unwrap()
}

/// Runs and gives what it said, and the most memory it held, in MiB; 0 where the system does not tell.
fn with_peak(command: &mut Command, feed: impl FnOnce(&mut dyn Write) + Send) -> (Output, u64) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    std::thread::scope(|scope| {
        scope.spawn(move || feed(&mut input));
        while child.try_wait().unwrap().is_none() {
            let held = fs::read_to_string(&status).unwrap_or_default();
            let line = held.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
            peak = peak.max(kilobytes.unwrap_or(0) / 1024);
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    (child.wait_with_output().unwrap(), peak)
}

fn read_library(path: &Path, between: impl FnOnce()) -> (usize, Vec<Warning>) {
    let corpus = Corpus::open(&[path.to_owned()], Options::default()).unwrap();
    between();
    let warnings = Warnings::default();
    let documents = corpus.batches(&warnings).map(|batch| batch.unwrap().len()).sum();
    (documents, warnings.take())
}

#[test]
fn a_decompression_bomb_is_cut_and_what_came_before_is_kept() {
    let bomb = || format!("{}\n", statement("a")).into_bytes().into_iter().chain(std::iter::repeat_n(b'\n', 200 << 20));
    let bytes: Vec<u8> = bomb().collect();
    let corpus = folder(&[
        ("a.jsonl.gz", &gzip(bytes.as_slice())),
        ("b.jsonl.zst", &zstd(bytes.as_slice())),
        ("c.txt.zst", &zstd(bytes.as_slice())),
        ("d.jsonl", statement("d").as_bytes()),
    ]);
    let (output, peak) = with_peak(goulet().arg("extract").arg(corpus.path()), |_| ());
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    for file in ["a.jsonl.gz", "b.jsonl.zst"] {
        assert!(said.lines().any(|line| line.contains(file) && line.contains("--max-expansion")), "{said}");
    }
    assert!(said.lines().any(|line| line.contains("c.txt.zst") && line.contains("--max-")), "{said}");
    assert!(stdout(&output).contains("\nd,") && stdout(&output).contains("\na,"), "{}", stdout(&output));
    assert!(peak < 600, "{peak} MiB");
    let allowed = extract(&corpus.path().join("a.jsonl.gz"), &["--max-expansion", "100000"]);
    assert!(!stderr(&allowed).contains("--max-expansion"), "{}", stderr(&allowed));
}

#[test]
fn a_parquet_page_that_would_fill_the_memory_is_left_packed() {
    use polars::prelude::*;
    let title = "China bans exports of gallium to the United States";
    let texts = [title.to_owned(), "x".repeat(200 << 20), title.replace("gallium", "graphite")];
    let mut frame = DataFrame::new_infer_height(vec![Series::new("text".into(), &texts[..]).into()]).unwrap();
    let corpus = folder(&[]);
    let file = fs::File::create(corpus.path().join("a.parquet")).unwrap();
    ParquetWriter::new(file).with_row_group_size(Some(1)).finish(&mut frame).unwrap();
    let (output, peak) = with_peak(goulet().arg("extract").arg(corpus.path()), |_| ());
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("a.parquet: rows 2 to 2 cannot be read") && said.contains("--max-expansion"), "{said}");
    assert!(stdout(&output).contains("gallium") && stdout(&output).contains("graphite"), "{said}");
    assert!(peak < 300, "{peak} MiB");
}

#[test]
fn a_line_of_a_gibibyte_is_passed_over() {
    let (output, peak) = with_peak(goulet().args(["extract", "-"]), |input| {
        let piece = vec![b'x'; 1 << 20];
        let lines = [format!("{}\n", statement("a")), format!("\n{}\n", statement("c"))];
        input.write_all(lines[0].as_bytes()).unwrap();
        input.write_all(b"{\"text\":\"").unwrap();
        for _ in 0..1024 {
            input.write_all(&piece).unwrap();
        }
        input.write_all(lines[1].as_bytes()).unwrap();
    });
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("stdin:2: line is longer than 64 MiB"), "{}", stderr(&output));
    assert!(stdout(&output).contains("\na,") && stdout(&output).contains("\nc,"), "{}", stdout(&output));
    assert!(peak < 400, "{peak} MiB");
}

#[test]
fn limits_are_options() {
    let corpus = folder(&[("a.jsonl", format!("{}\n{}\n", statement("a"), statement(&"b".repeat(600))).as_bytes())]);
    let output = extract(&corpus.path().join("a.jsonl"), &["--max-document-bytes", "500"]);
    assert!(stderr(&output).contains("a.jsonl:2: line is longer than 500 bytes"), "{}", stderr(&output));
    assert!(stdout(&output).contains("\na,"));
    for wrong in ["0", "many", "1.5M"] {
        let output = extract(corpus.path(), &["--max-document-bytes", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
    }
    assert_eq!(extract(corpus.path(), &["--max-expansion", "0"]).status.code(), Some(2));
}

#[test]
fn archives_that_break_off_keep_what_came_before() {
    // Text that hardly compresses, so that half the bytes hold half the lines.
    let mut lines = format!("{}\n", statement("a"));
    for n in 0..20_000_u64 {
        let noise = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        lines.push_str(&format!("{{\"language\":\"en\",\"date\":\"2024-12-03\",\"text\":\"{noise:x}\"}}\n"));
    }
    for (name, packed) in [("a.jsonl.gz", gzip(lines.as_bytes())), ("a.jsonl.zst", zstd(lines.as_bytes()))] {
        let corpus = folder(&[(name, &packed[..packed.len() / 2])]);
        let output = extract(corpus.path(), &[]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(name) && stderr(&output).contains("[truncated]"), "{}", stderr(&output));
        assert!(stdout(&output).contains("\na,"), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_nowhere_or_in_circles() {
    let corpus = folder(&[("deep/a.jsonl", statement("a").as_bytes())]);
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, corpus.path().join(name)).unwrap();
    link("..", "deep/up");
    link("self.jsonl", "self.jsonl");
    link("missing.jsonl", "broken.jsonl");
    let output = extract(corpus.path(), &[]);
    assert!(stdout(&output).contains("\na,"), "{}", stderr(&output));
    assert!(stderr(&output).contains("1 documents"), "read once: {}", stderr(&output));
    for name in ["self.jsonl", "broken.jsonl"] {
        assert!(stderr(&output).contains(name), "{}", stderr(&output));
    }
    let output = extract(&corpus.path().join("self.jsonl"), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("self.jsonl"), "{}", stderr(&output));
}

#[test]
fn files_that_vanish_grow_or_shrink_are_said() {
    let line = statement("a") + "\n";
    let corpus = || folder(&[("a.jsonl", line.as_bytes()), ("b.jsonl", line.as_bytes())]);
    let of = |warnings: &[Warning], code: &str| -> Vec<Warning> {
        warnings.iter().filter(|warning| warning.code == code).cloned().collect()
    };
    let gone = corpus();
    let (documents, warnings) = read_library(gone.path(), || fs::remove_file(gone.path().join("b.jsonl")).unwrap());
    assert_eq!((documents, of(&warnings, "unreadable").len()), (1, 1), "{warnings:?}");
    let grown = corpus();
    let file = grown.path().join("b.jsonl");
    let append = || fs::File::options().append(true).open(&file).unwrap().write_all(line.as_bytes()).unwrap();
    let (documents, warnings) = read_library(grown.path(), append);
    let changed = of(&warnings, "changed");
    assert_eq!((documents, changed.len()), (2, 1), "what was there is read: {warnings:?}");
    assert!(!changed[0].is_loss && changed[0].message.contains("b.jsonl") && changed[0].message.contains("grew"));
    let cut = corpus();
    let shorten = || fs::File::options().write(true).open(cut.path().join("b.jsonl")).unwrap().set_len(10).unwrap();
    let (documents, warnings) = read_library(cut.path(), shorten);
    assert_eq!((documents, of(&warnings, "changed").len()), (1, 1), "{warnings:?}");
    assert!(of(&warnings, "changed")[0].is_loss);
}

/// Another process cuts a Parquet file in place, again and again, while it is read. The parser maps what it is given into
/// memory: were that the file itself, the system would end the program.
#[cfg(unix)]
#[test]
fn a_parquet_file_cut_while_it_is_read_ends_nothing() {
    use polars::prelude::*;
    let rows = 40_000_u64;
    let texts: Vec<String> = (0..rows)
        .map(|n| (0..20).map(|word| format!("{:x} ", (n * 20 + word).wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect())
        .collect();
    let mut frame = DataFrame::new_infer_height(vec![Series::new("text".into(), texts).into()]).unwrap();
    let corpus = folder(&[("b.jsonl", statement("b").as_bytes())]);
    let path = corpus.path().join("a.parquet");
    ParquetWriter::new(fs::File::create(&path).unwrap()).with_row_group_size(Some(8_000)).finish(&mut frame).unwrap();
    let whole = fs::read(&path).unwrap();
    for delay in [0, 5, 20, 60] {
        fs::write(&path, &whole).unwrap();
        let mut child =
            goulet().arg("extract").arg(corpus.path()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(100 + delay));
        let file = fs::File::options().write(true).open(&path).unwrap();
        while child.try_wait().unwrap().is_none() {
            file.set_len(whole.len() as u64 / 3).unwrap();
            std::thread::sleep(Duration::from_micros(200));
            fs::write(&path, &whole).unwrap();
            std::thread::sleep(Duration::from_millis(2));
        }
        let output = child.wait_with_output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{:?}: {}", output.status, stderr(&output));
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let corpus = folder(&[("a.jsonl", statement("a").as_bytes()), ("closed/b.jsonl", statement("b").as_bytes())]);
    let closed = corpus.path().join("closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let is_closed = fs::read_dir(&closed).is_err();
    let output = extract(corpus.path(), &[]);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(stdout(&output).contains("\na,"));
    // Nothing is closed to the superuser.
    if is_closed {
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("closed: Permission denied"), "{}", stderr(&output));
    }
}

#[test]
fn contents_that_are_not_what_the_name_says() {
    let statement = statement("a");
    let contents: &[(&str, Vec<u8>)] = &[
        ("empty", Vec::new()),
        ("zeros", vec![0; 10_000]),
        ("blank", b" \r\n\t\n".to_vec()),
        ("json", statement.clone().into_bytes()),
        ("array", format!("[{statement}]").into_bytes()),
        ("deep", "[".repeat(200_000).into_bytes()),
        ("objects", "{\"text\":".repeat(100_000).into_bytes()),
        ("tags", "<a>".repeat(20_000).into_bytes()),
        ("latin", b"La d\xe9cision a \xe9t\xe9 publi\xe9e\nl'\xe9t\xe9 dernier".to_vec()),
        ("random", (0..50_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()),
        ("gzip", gzip(statement.as_bytes())),
        ("zstd", zstd(statement.as_bytes())),
        ("magic", b"PAR1garbagePAR1".to_vec()),
        ("archive", b"WARC/1.0\r\nContent-Length: 99\r\n\r\n".to_vec()),
        ("feed", b"<rss version=\"2.0\"><channel><item><title>\xff</title>".to_vec()),
        ("utf16", b"\xff\xfe{\0\"\0".to_vec()),
        ("quotes", b"text\n\"never closed\nand on".to_vec()),
    ];
    for extension in ["txt", "md", "html", "xml", "jsonl", "csv", "tsv", "parquet", "warc", "txt.gz", "jsonl.zst"] {
        let files: Vec<(String, &[u8])> =
            contents.iter().map(|(name, bytes)| (format!("{name}.{extension}"), bytes.as_slice())).collect();
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        let corpus = folder(&files);
        let begun = Instant::now();
        let output = extract(corpus.path(), &[]);
        let said = stderr(&output);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{extension}: {:?} {said}", output.status);
        assert!(!said.contains("panicked"), "{extension}: {said}");
        assert!(said.contains(&format!("empty.{extension}")), "{extension}: {said}");
        assert!(begun.elapsed() < Duration::from_secs(60), "{extension}: {:?}", begun.elapsed());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_fails_and_harms_nothing() {
    use std::os::unix::fs::FileTypeExt;
    let corpus = folder(&[("a.jsonl", statement("a").as_bytes())]);
    let output = extract(corpus.path(), &["-o", "/dev/full"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/dev/full: No space left on device"), "{}", stderr(&output));
    assert!(fs::metadata("/dev/full").unwrap().file_type().is_char_device(), "the device was replaced");
    for arguments in [["extract", "CORPUS"], ["supply-risk", "--json"]] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let arguments = arguments.map(|one| one.replace("CORPUS", corpus.path().to_str().unwrap()));
        let output = goulet().args(arguments).stdout(full).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(stderr(&output).contains("No space left"), "{}", stderr(&output));
    }
}

/// A file system that takes no file above 16 KiB: the writing fails in the middle, whoever runs the test.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_in_mid_write_leaves_the_old_reports() {
    let corpus = folder(&[("a.jsonl", statement("a").as_bytes())]);
    let (out, first) = run_on(corpus.path(), &[]);
    assert!(first.status.success(), "{}", stderr(&first));
    let before = contents(&out.path().join("r"));
    let script = "trap '' XFSZ; ulimit -f 16; exec \"$@\"";
    let output = Command::new("bash")
        .args(["-c", script, "limited", env!("CARGO_BIN_EXE_goulet"), "run", "--as-of", "2025-12-31", "--corpus"])
        .arg(corpus.path())
        .arg("--out")
        .arg(out.path().join("r"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("File too large"), "{}", stderr(&output));
    assert!(contents(&out.path().join("r")) == before, "the old reports changed");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let lines: String = (0..3_000).map(|n| statement(&format!("d{n}")) + "\n").collect();
    let corpus = folder(&[("a.jsonl", lines.as_bytes())]);
    let mut child =
        goulet().arg("extract").arg(corpus.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut beginning = [0; 20];
    child.stdout.take().unwrap().read_exact(&mut beginning).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(beginning.starts_with(b"doc_id,"));
}

/// Every file of a folder with its bytes, hidden ones too.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).unwrap_or_default()))
        .collect();
    files.sort();
    files
}

/// A number from 0 up to 1, another for every run of the tests.
#[cfg(unix)]
fn chance() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(Instant::now()) as f64 / u64::MAX as f64
}

/// Kills a run at 50 random moments: half of them anywhere in its length and a little beyond, half where its files move.
#[cfg(unix)]
#[test]
fn a_run_killed_at_any_moment_leaves_reports_whole_and_the_next_finishes() {
    let old = folder(&[("a.jsonl", statement("a").as_bytes())]);
    let new = folder(&[(
        "a.jsonl",
        format!("{}\n{}", statement("b"), statement("c").replace("gallium", "graphite")).as_bytes(),
    )]);
    let run = |corpus: &Path, out: &Path| {
        let mut command = goulet();
        command.args(["run", "--quiet", "--draws", "10", "--corpus"]).arg(corpus).arg("--out").arg(out);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let scratch = tempfile::tempdir().unwrap();
    let (out, finished) = (scratch.path().join("r"), scratch.path().join("finished"));
    assert!(run(old.path(), &out).status().unwrap().success());
    let before = contents(&out);
    let begun = Instant::now();
    assert!(run(new.path(), &finished).status().unwrap().success());
    let length = begun.elapsed();
    let after = contents(&finished);
    assert_eq!(before.len(), after.len());
    for number in 0..50 {
        // Each run begins with the old reports, and with what the one killed before left behind.
        before.iter().for_each(|(name, bytes)| fs::write(out.join(name), bytes).unwrap());
        let moment = if number % 2 == 0 { 1.1 * chance() } else { 0.85 + 0.2 * chance() };
        let mut child = run(new.path(), &out).spawn().unwrap();
        std::thread::sleep(length.mul_f64(moment));
        let _ = child.kill();
        child.wait().unwrap();
        let now = contents(&out);
        let now: Vec<_> = now.iter().filter(|(name, _)| !name.starts_with(".goulet-")).collect();
        assert_eq!(now.len(), before.len(), "killed at {moment} of its length");
        for (file, (was, will)) in now.into_iter().zip(before.iter().zip(&after)) {
            assert!(file == was || file == will, "{} is neither old nor new, killed at {moment}", file.0);
        }
    }
    assert!(run(new.path(), &out).status().unwrap().success());
    let last = contents(&out);
    assert!(last.iter().all(|(name, _)| !name.starts_with(".goulet-")), "a dead run left its folder");
    assert_eq!(last.len(), after.len());
    assert!(last.iter().zip(&after).all(|(file, will)| file == will));
}

/// A pipe without a writer would be waited for, a device read without end.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_passed_over_in_a_folder() {
    let corpus = folder(&[("b.jsonl", statement("b").as_bytes()), ("folder.jsonl/c.jsonl", statement("c").as_bytes())]);
    let made = Command::new("mkfifo").arg(corpus.path().join("a.jsonl")).status().unwrap();
    assert!(made.success());
    let _socket = std::os::unix::net::UnixListener::bind(corpus.path().join("d.jsonl")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", corpus.path().join("e.jsonl")).unwrap();
    let output = extract(corpus.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("\nb,") && stdout(&output).contains("\nc,"));
    assert!(stderr(&output).contains("2 documents"), "{}", stderr(&output));
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf_8_or_hold_a_line_end() {
    use std::os::unix::ffi::OsStrExt;
    let corpus = folder(&[("a\n\u{1b}[2J.jsonl", b"{\"text\":\n")]);
    let name = std::ffi::OsStr::from_bytes(b"b\xff.jsonl");
    fs::write(corpus.path().join(name), statement("b")).unwrap();
    let output = extract(corpus.path(), &[]);
    assert!(stdout(&output).contains("\nb,"), "{}", stderr(&output));
    assert!(!stderr(&output).contains('\u{1b}'), "{}", stderr(&output));
}
