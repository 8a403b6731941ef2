//! What the user named, resolved to a sorted list of inputs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use walkdir::{DirEntry, WalkDir};

use crate::error::{Error, ErrorKind, Result};

use super::fault::Fault;
use super::input::{Input, STANDARD_INPUT, slashed};
use super::read;

/// The inputs, sorted, and what was passed over.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    pub inputs: Vec<Input>,
    /// Hidden files and those no reader knows, in folders and globs.
    pub skipped: usize,
    /// Folders that could not be looked into.
    pub faults: Vec<(String, Fault)>,
}

/// Resolves every path, or says all that is wrong with them.
pub(super) fn resolve(paths: &[PathBuf]) -> Result<Resolved> {
    if paths.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no documents named").hint("name a file, a folder, a glob or `-`"));
    }
    let mut resolved = Resolved::default();
    let mut errors = Vec::new();
    for path in paths {
        let before = resolved.inputs.len();
        if let Err(error) = resolved.add(path) {
            errors.push(error);
        } else if resolved.inputs.len() == before && resolved.faults.is_empty() {
            errors.push(nothing_in(path, resolved.skipped));
        }
    }
    if !errors.is_empty() {
        return Err(errors.into());
    }
    resolved.inputs.sort_by(|a, b| (a.is_standard_input(), &a.name).cmp(&(b.is_standard_input(), &b.name)));
    if paths.len() > 1 {
        let mut seen = BTreeSet::new();
        resolved.inputs.retain(|input| seen.insert(fs_err::canonicalize(&input.path).unwrap_or(input.path.clone())));
    }
    Ok(resolved)
}

impl Resolved {
    fn add(&mut self, path: &Path) -> Result<()> {
        if path.as_os_str() == STANDARD_INPUT {
            self.inputs.push(Input::standard_input());
            return Ok(());
        }
        match fs_err::metadata(path) {
            Ok(found) if found.is_dir() => self.walk(path, |_| true),
            Ok(found) => {
                let input = Input::file(path.to_owned(), found.len(), true).ok_or_else(|| unknown_extension(path))?;
                self.inputs.push(input);
            }
            Err(_) if is_glob(path) => self.glob(path)?,
            Err(error) => {
                let hint = "check the spelling; a path is looked up from the current folder";
                let reason = match error.kind() {
                    std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
                    _ => error.to_string(),
                };
                let kind = ErrorKind::NotFound;
                return Err(Error::new(kind, reason).at_file(path).hint(hint));
            }
        }
        Ok(())
    }

    /// Adds the files under `folder` that `wanted` names.
    fn walk(&mut self, folder: &Path, wanted: impl Fn(&Path) -> bool) {
        let is_hidden = |entry: &DirEntry| {
            entry.depth() > 0 && entry.file_name().to_str().is_some_and(|name| name.starts_with('.'))
        };
        let mut entries = WalkDir::new(folder).follow_links(true).into_iter();
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) if is_hidden(&entry) => {
                    self.skipped += usize::from(wanted(entry.path()));
                    if entry.file_type().is_dir() {
                        entries.skip_current_dir();
                    }
                }
                Ok(entry) if entry.file_type().is_file() && wanted(entry.path()) => {
                    let bytes = entry.metadata().map_or(0, |found| found.len());
                    match Input::file(entry.into_path(), bytes, false) {
                        Some(input) => self.inputs.push(input),
                        None => self.skipped += 1,
                    }
                }
                Ok(_) => {}
                // A link to a folder above: what it holds is read already.
                Err(error) if error.loop_ancestor().is_some() => {}
                Err(error) => {
                    let place = error.path().map_or_else(|| slashed(folder), slashed);
                    let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    self.faults.push((place, Fault::loss("unreadable", format!("{reason}; left out"))));
                }
            }
        }
    }

    /// Adds the files that a pattern matches, and those in the folders that it matches, as a shell would give them.
    fn glob(&mut self, pattern: &Path) -> Result<()> {
        let glob = GlobBuilder::new(&slashed(pattern)).literal_separator(true).build().map_err(|error| {
            Error::new(ErrorKind::Usage, format!("no valid pattern: {}", error.kind()))
                .at_file(pattern)
                .hint("write * ? [ab] or {a,b}, and ** for any folders between")
        })?;
        let matcher = glob.compile_matcher();
        let base: PathBuf = pattern.iter().take_while(|part| !is_glob(Path::new(part))).collect();
        let start = if base.as_os_str().is_empty() { Path::new(".") } else { &base };
        if !start.is_dir() {
            return Ok(());
        }
        // A pattern without a folder is matched against paths without the `./` of the walk.
        let strip = |path: &Path| {
            if base.as_os_str().is_empty() {
                path.strip_prefix(".").unwrap_or(path).to_owned()
            } else {
                path.to_owned()
            }
        };
        let before = self.inputs.len();
        self.walk(start, |path| strip(path).ancestors().any(|part| part != base && matcher.is_match(slashed(part))));
        if base.as_os_str().is_empty() {
            let found = self.inputs.split_off(before);
            self.inputs
                .extend(found.into_iter().filter_map(|input| Input::file(strip(&input.path), input.bytes, false)));
        }
        Ok(())
    }
}

fn is_glob(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '[', '{'])
}

fn unknown_extension(path: &Path) -> Error {
    Error::new(ErrorKind::Format, format!("no reader for this extension: documents are read from {}", read::known()))
        .at_file(path)
        .hint("convert it, for example to JSON Lines with a `text` on each line, or rename it if it is one of these")
}

fn nothing_in(path: &Path, skipped: usize) -> Error {
    let what = if path.is_dir() { "the folder holds no documents" } else { "the pattern matches no documents" };
    let others = if skipped > 0 { format!(" ({skipped} other files)") } else { String::new() };
    Error::new(ErrorKind::NotFound, format!("{what}{others}"))
        .at_file(path)
        .hint(format!("documents are files in {}", read::known()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, "text").unwrap();
        }
        folder
    }

    fn names(folder: &Path, pattern: &str) -> Vec<String> {
        let resolved = resolve(&[folder.join(pattern)]).unwrap();
        let root = format!("{}/", slashed(folder));
        resolved.inputs.into_iter().map(|input| input.name.replace(&root, "")).collect()
    }

    #[test]
    fn a_folder_is_walked_and_sorted() {
        let folder = folder(&["b.txt", "a/z.jsonl.gz", "a/y.MD", ".hidden.txt", ".git/x.txt", "image.png"]);
        let resolved = resolve(&[folder.path().to_owned()]).unwrap();
        assert_eq!(names(folder.path(), ""), ["a/y.MD", "a/z.jsonl.gz", "b.txt"]);
        assert_eq!(resolved.skipped, 3);
        assert!(resolved.inputs[1].stem.ends_with("a/z"));
    }

    #[test]
    fn globs_match_files_and_folders() {
        let folder = folder(&["2023/a.txt", "2024/b.txt", "2024/deep/c.csv", "d.txt"]);
        assert_eq!(names(folder.path(), "*.txt"), ["d.txt"]);
        assert_eq!(names(folder.path(), "2024/*"), ["2024/b.txt", "2024/deep/c.csv"]);
        assert_eq!(names(folder.path(), "**/*.txt"), ["2023/a.txt", "2024/b.txt", "d.txt"]);
        assert_eq!(names(folder.path(), "202?"), ["2023/a.txt", "2024/b.txt", "2024/deep/c.csv"]);
    }

    #[test]
    fn a_file_named_twice_is_read_once() {
        let folder = folder(&["a.txt"]);
        let resolved = resolve(&[folder.path().to_owned(), folder.path().join("a.txt")]).unwrap();
        assert_eq!(resolved.inputs.len(), 1);
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let folder = folder(&["empty/.keep", "picture.png"]);
        let at = |name: &str| folder.path().join(name);
        let error = resolve(&[at("missing"), at("empty"), at("picture.png"), at("*.csv")]).unwrap_err().to_string();
        for part in ["4 faults", "no such file or folder", "folder holds no documents", "no reader", "pattern matches"]
        {
            assert!(error.contains(part), "{part} in {error}");
        }
    }

    #[test]
    fn a_name_with_brackets_is_a_file_when_it_exists() {
        let folder = folder(&["[draft].txt", "d.txt"]);
        assert_eq!(names(folder.path(), "[draft].txt"), ["[draft].txt"]);
    }
}
