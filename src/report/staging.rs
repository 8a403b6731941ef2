//! Scratch folders beside the files they become, and what is done with those of runs that died.
//!
//! A run works in a hidden folder `.goulet-XXXXXX` beside its destination and holds a lock in it while it lives. Whoever comes
//! next finds the lock free where the run was killed: if its files were complete and on their way, they are moved into place,
//! so that no set of reports stays half old and half new; otherwise the folder is removed.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;

const PREFIX: &str = ".goulet-";
/// Held while the run lives.
const LOCK: &str = ".lock";
/// Names the files that are complete, a line each, once they are on their way.
const READY: &str = ".ready";

/// A scratch folder, removed with all in it when dropped.
#[derive(Debug)]
pub struct Staging {
    folder: Scratch,
    /// Open, and so locked, as long as the folder is ours.
    _lock: File,
}

/// A folder of which the lock goes last: a run that is killed while it clears away leaves something that is known for its own.
#[derive(Debug)]
struct Scratch(TempDir);

impl Drop for Scratch {
    fn drop(&mut self) {
        // What remains, `TempDir` removes.
        empty(self.0.path());
    }
}

/// Removes all but the lock. What fails is left.
fn empty(staging: &Path) {
    let entries = std::fs::read_dir(staging).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name() != LOCK) {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let _ = if is_folder { std::fs::remove_dir_all(entry.path()) } else { std::fs::remove_file(entry.path()) };
    }
}

impl Staging {
    /// A scratch folder in `destination`, which is made where it is missing and tidied of what dead runs left.
    ///
    /// # Errors
    /// When the destination cannot be made or written to.
    pub fn within(destination: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(destination)?;
        // Held while a folder is made, so that none is seen between its making and its locking.
        let gate = File::open(destination).ok().filter(|folder| folder.lock().is_ok());
        if gate.is_some() {
            tidy(destination);
        }
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(destination)?;
        let folder = Scratch(folder);
        let lock = File::create(folder.0.path().join(LOCK))?;
        // A file system without locks works as well, but keeps what dead runs leave.
        let _ = lock.try_lock();
        Ok(Self { folder, _lock: lock })
    }

    /// A scratch folder in the system's place for such things, for what is moved nowhere.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn elsewhere() -> io::Result<Self> {
        let folder = Scratch(tempfile::Builder::new().prefix(PREFIX).tempdir()?);
        let lock = File::create(folder.0.path().join(LOCK))?;
        Ok(Self { folder, _lock: lock })
    }

    /// A scratch folder on the file system of `file`, so that it can be moved into place in one step; in the system's place
    /// for such things where `file` is none that can be replaced: a pipe, a device.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn beside(file: &Path) -> io::Result<Self> {
        if is_special(file) {
            return Self::elsewhere();
        }
        Self::within(file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.0.path()
    }

    /// Says that these files are complete: from here on they arrive, even if this run is killed.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn seal(&self, names: &[String]) -> io::Result<()> {
        let draft = self.path().join(format!("{READY}.draft"));
        let mut file = File::create(&draft)?;
        file.write_all(names.join("\n").as_bytes())?;
        std::fs::rename(draft, self.path().join(READY))
    }
}

/// Whether there is something at `path` that is written to rather than replaced: a pipe, a device.
pub fn is_special(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// Moves a finished file to where it belongs, in one step; into a pipe or device it is written.
///
/// # Errors
/// When the destination cannot be written.
pub fn deliver(finished: &Path, destination: &Path) -> io::Result<()> {
    if !is_special(destination) {
        return std::fs::rename(finished, destination);
    }
    let mut destination = File::options().write(true).open(destination)?;
    io::copy(&mut File::open(finished)?, &mut destination)?;
    destination.flush()
}

/// Ends what runs that were killed left in `folder`. What fails is left to the next run.
fn tidy(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| is_staging(path)) {
        match File::options().write(true).open(path.join(LOCK)) {
            Ok(lock) => match lock.try_lock() {
                Ok(()) => {
                    finish(&path, folder);
                    empty(&path);
                    let _ = std::fs::remove_dir_all(&path);
                }
                Err(TryLockError::WouldBlock | TryLockError::Error(_)) => {}
            },
            // Killed before it had its lock, or after it was cleared: empty. One that is not empty is not ours.
            Err(_) => drop(std::fs::remove_dir(&path)),
        }
    }
}

fn is_staging(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix(PREFIX));
    name.is_some_and(|random| random.len() == 6 && random.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        && std::fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
}

/// Moves the files of a dead run into place, if all were complete.
fn finish(staging: &Path, folder: &Path) {
    let Ok(names) = std::fs::read_to_string(staging.join(READY)) else { return };
    for name in names.lines().map(PathBuf::from) {
        let is_inside = name.components().all(|part| matches!(part, Component::Normal(_)));
        if is_inside && staging.join(&name).is_file() {
            let _ = std::fs::rename(staging.join(&name), folder.join(&name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// What a killed run leaves: its folder, its lock free.
    fn killed(folder: &Path, files: &[&str], is_sealed: bool) -> PathBuf {
        let staging = Staging::within(folder).unwrap();
        files.iter().for_each(|file| std::fs::write(staging.path().join(file), "new").unwrap());
        if is_sealed {
            staging.seal(&files.iter().map(|file| (*file).to_owned()).collect::<Vec<_>>()).unwrap();
        }
        let path = staging.path().to_owned();
        let Staging { folder, _lock } = staging;
        std::mem::forget(folder);
        path
    }

    #[test]
    fn a_run_killed_at_work_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.csv"), "old").unwrap();
        killed(folder.path(), &["a.csv", "b.csv"], false);
        drop(Staging::within(folder.path()).unwrap());
        assert_eq!(names(folder.path()), ["a.csv"]);
        assert_eq!(std::fs::read_to_string(folder.path().join("a.csv")).unwrap(), "old");
    }

    #[test]
    fn the_lock_goes_last() {
        let folder = tempfile::tempdir().unwrap();
        let staging = killed(folder.path(), &["a.csv"], false);
        std::fs::create_dir(staging.join("telling")).unwrap();
        empty(&staging);
        assert_eq!(names(&staging), [LOCK]);
    }

    #[test]
    fn a_run_killed_while_its_files_moved_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("b.csv"), "old").unwrap();
        let staging = killed(folder.path(), &["a.csv", "b.csv"], true);
        std::fs::rename(staging.join("a.csv"), folder.path().join("a.csv")).unwrap();
        drop(Staging::within(folder.path()).unwrap());
        assert_eq!(names(folder.path()), ["a.csv", "b.csv"]);
        assert_eq!(std::fs::read_to_string(folder.path().join("b.csv")).unwrap(), "new");
    }

    #[test]
    fn runs_that_live_and_folders_of_others_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let living = Staging::within(folder.path()).unwrap();
        std::fs::create_dir(folder.path().join(".goulet-notes1")).unwrap();
        std::fs::write(folder.path().join(".goulet-notes1/mine"), "x").unwrap();
        std::fs::create_dir(folder.path().join(".goulet-abcdef")).unwrap();
        drop(Staging::within(folder.path()).unwrap());
        assert!(living.path().is_dir());
        assert_eq!(names(folder.path()).len(), 2, "{:?}", names(folder.path()));
        assert!(folder.path().join(".goulet-notes1/mine").is_file());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_written_to_and_stays_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let finished = folder.path().join("a");
        std::fs::write(&finished, "text").unwrap();
        assert!(is_special(Path::new("/dev/zero")));
        deliver(&finished, Path::new("/dev/zero")).unwrap();
        assert!(is_special(Path::new("/dev/zero")));
        assert!(!Staging::beside(Path::new("/dev/zero")).unwrap().path().starts_with("/dev"));
    }
}
