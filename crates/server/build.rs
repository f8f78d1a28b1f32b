//! Compresses the built page once, here, so that the server never does.
use std::{
    env, fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

/// The strongest level of brotli; the page is compressed once and sent many times.
const BROTLI_QUALITY: u32 = 11;
const BROTLI_WINDOW: u32 = 22;
/// Below this a compressed copy saves less than a packet.
const WORTH_COMPRESSING_BYTES: usize = 600;

/// Shown where the binary was built without its page, such as in `cargo test` of one crate.
const NO_PAGE: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><base href=\"/\"><title>BanGUI</title></head>\
    <body><h1>BanGUI</h1><p>This build has no page. Run <code>make build</code>.</p></body></html>\n";

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let built = here.join("../../web/dist");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", built.display());
    let packed = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("page");
    if packed.exists() {
        fs::remove_dir_all(&packed)?;
    }
    fs::create_dir_all(&packed)?;
    if built.join("index.html").exists() {
        pack_folder(&built, &packed)
    } else {
        fs::write(packed.join("index.html"), NO_PAGE)
    }
}

fn pack_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            pack_folder(&entry.path(), &target)?;
        } else {
            pack_file(&entry.path(), &target)?;
        }
    }
    Ok(())
}

fn pack_file(from: &Path, to: &Path) -> io::Result<()> {
    let content = fs::read(from)?;
    fs::write(to, &content)?;
    // The index is completed at start, and then small; fonts and images are compressed already.
    let compresses = from
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| {
            matches!(extension, "js" | "css" | "svg" | "json" | "webmanifest")
        });
    if !compresses || content.len() < WORTH_COMPRESSING_BYTES {
        return Ok(());
    }
    let mut brotli = brotli::CompressorWriter::new(
        fs::File::create(with_suffix(to, ".br"))?,
        4096,
        BROTLI_QUALITY,
        BROTLI_WINDOW,
    );
    brotli.write_all(&content)?;
    drop(brotli);
    let mut gzip = flate2::write::GzEncoder::new(
        fs::File::create(with_suffix(to, ".gz"))?,
        flate2::Compression::best(),
    );
    gzip.write_all(&content)?;
    gzip.finish()?;
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
