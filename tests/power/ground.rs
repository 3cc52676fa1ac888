//! The file system under test, and the hand on its switch.

use std::{
    fmt, fs,
    io::{BufRead, BufReader, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const IMAGE_BYTES: u64 = 96 << 20;
/// By default ext4 writes a renamed file's bytes before its new name, and others' bytes with any sync. Other file systems do
/// neither, and a box that was lucky here would be caught there.
const OPTIONS: &str = "loop,noatime,noauto_da_alloc,data=writeback";
/// `EXT4_IOC_SHUTDOWN`, `_IOR('X', 125, u32)`, with flag 2: the log is not flushed. Perl is part of every Debian, and its
/// `ioctl` spares this crate an unsafe call.
const SWITCH: &str = r#"$| = 1; open(my $f, "<", $ARGV[0]) or die "open: $!"; print "ready\n"; my $line = <STDIN>;
    my $flag = pack("L", 2); ioctl($f, 0x8004587d, $flag) or die "ioctl: $!"; print "cut\n";"#;

/// Why no power can be cut here.
pub enum Need {
    /// This user may not.
    Rights(&'static str),
    /// A program is missing.
    Program(String),
    /// Root without the rights of root, as in some containers.
    Mount(String),
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rights(what) => write!(f, "{what}"),
            Self::Program(name) => write!(f, "{name} is missing"),
            Self::Mount(said) => write!(f, "nothing can be mounted: {}", said.trim()),
        }
    }
}

/// Where everything must be (`CI=true`), a missing program is a failure.
pub fn everything_must_be_here() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

fn run(program: &str, words: &[&str]) -> Result<(), String> {
    let told = Command::new(program).args(words).stdin(Stdio::null()).output();
    match told {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            Err(format!("{program} {words:?}: {}", String::from_utf8_lossy(&output.stderr)))
        }
        Err(e) => Err(format!("{program}: {e}")),
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A place for the image: in memory where there is one, for what lasts is decided by the file system on it, not below it.
pub fn scratch() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// One image file, mounted unless the power is out.
pub struct Ground {
    image: PathBuf,
    mount: PathBuf,
}

impl Ground {
    /// Whether power can be cut on this machine.
    pub fn possible() -> Result<(), Need> {
        if fs::metadata("/proc/self").map_or(1, |own| own.uid()) != 0 {
            return Err(Need::Rights("only root may mount a file system"));
        }
        if !Path::new("/dev/loop-control").exists() {
            return Err(Need::Rights("this machine has no loop devices"));
        }
        for program in ["mkfs.ext4", "mount", "umount", "perl"] {
            let probe = Command::new(program).arg("--version").stdin(Stdio::null()).output();
            probe.map_err(|_| Need::Program(program.into()))?;
        }
        let scratch = scratch();
        Self::try_make(&scratch.path().join("trial")).map(drop).map_err(Need::Mount)
    }

    pub fn make(dir: &Path) -> Self {
        Self::try_make(dir).unwrap()
    }

    fn try_make(dir: &Path) -> Result<Self, String> {
        let ground = Self { image: dir.join("image"), mount: dir.join("mount") };
        fs::create_dir_all(&ground.mount).unwrap();
        fs::File::create(&ground.image).unwrap().set_len(IMAGE_BYTES).unwrap();
        run("mkfs.ext4", &["-q", text(&ground.image)])?;
        ground.power_on()?;
        Ok(ground)
    }

    /// The box's directory on the file system under test.
    pub fn box_dir(&self) -> PathBuf {
        self.mount.join("box")
    }

    pub fn sync(&self) {
        run("sync", &["-f", text(&self.mount)]).unwrap();
    }

    fn power_on(&self) -> Result<(), String> {
        run("mount", &["-o", OPTIONS, text(&self.image), text(&self.mount)])
    }

    /// After a cut: the kernel forgets the dead file system and reads what is on the platter.
    pub fn power_back(&self) {
        run("umount", &[text(&self.mount)]).unwrap();
        self.power_on().unwrap();
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        // sled lets go of its files a moment after the last handle; the mount goes with them.
        let _ = run("umount", &["-l", text(&self.mount)]);
    }
}

/// A process that stands ready to cut the power at once.
pub struct Switch(Child);

impl Switch {
    pub fn ready(ground: &Ground) -> Self {
        let mut child = Command::new("perl")
            .args(["-e", SWITCH, text(&ground.mount)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        expect(&mut child, "ready");
        Self(child)
    }

    /// When this returns, the file system is gone.
    pub fn cut(mut self) {
        self.0.stdin.take().unwrap().write_all(b"\n").unwrap();
        let told = self.0.wait_with_output().unwrap();
        assert!(told.stdout.ends_with(b"cut\n"), "{}", String::from_utf8_lossy(&told.stderr));
    }
}

fn expect(child: &mut Child, word: &str) {
    let mut line = String::new();
    // One byte at a time: what follows belongs to whoever reads next.
    BufReader::with_capacity(1, child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line.trim(), word);
}
