"""Debian packages by apt as an ordinary client, with a configuration of our own.

Nothing is installed and nothing of the machine's apt is changed: lists and archives are kept in
the cache, signatures are checked as always. Works without being root.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from dev.stack.console import Problem, say

MACHINE_APT = Path("/etc/apt")
KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
)


def os_release():
    """The machine's /etc/os-release as a dictionary."""
    path = Path("/etc/os-release")
    lines = path.read_text().splitlines() if path.exists() else []
    pairs = (line.partition("=") for line in lines)
    return {key: value.strip('"') for key, _, value in pairs if key}


def machine_sources():
    """Every source of the machine: dictionaries of uri, suites, components, signed_by (or "")."""
    found = []
    for path in [MACHINE_APT / "sources.list", *sorted((MACHINE_APT / "sources.list.d").glob("*"))]:
        if not path.is_file():
            continue
        if path.suffix == ".sources":
            found += _deb822(path.read_text(errors="replace"))
        elif path.suffix == ".list":
            found += _one_line(path.read_text(errors="replace"))
    return found


def _deb822(text):
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for stanza in re.split(r"\n\s*\n", lines):
        fields = {
            key.lower(): value.strip() for key, value in re.findall(r"(?m)^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)", stanza)
        }
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() == "no":
            continue
        for uri in fields.get("uris", "").split():
            yield {
                "uri": uri,
                "suites": fields.get("suites", "").split(),
                "components": fields.get("components", "").split(),
                "signed_by": fields.get("signed-by", ""),
            }


def _one_line(text):
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)", line)
        if match:
            options, uri, suite, components = match.groups()
            signed = re.search(r"signed-by=(\S+)", options or "")
            yield {
                "uri": uri,
                "suites": [suite],
                "components": components.split(),
                "signed_by": signed.group(1) if signed else "",
            }


def debian_source(mirror=""):
    """(uri, keyring) of the Debian archive: DEBIAN_MIRROR, or the one the machine itself uses."""
    keyring = next((path for path in KEYRINGS if Path(path).exists()), "")
    if mirror:
        if not keyring:
            raise Problem(
                "The keyring of the Debian archive is missing",
                "Install the package debian-archive-keyring, then try again.",
            )
        return mirror.rstrip("/"), keyring
    release = os_release()
    codename = release.get("VERSION_CODENAME", "")
    names = {codename, "stable", "testing", "unstable", "sid"} - {""}
    if release.get("ID") == "debian" or "debian" in release.get("ID_LIKE", "").split():
        for source in machine_sources():
            if names & set(source["suites"]) and "main" in source["components"] and _is_debian(source["uri"]):
                return source["uri"].rstrip("/"), source["signed_by"] or keyring
    raise Problem(
        f"Odoo 19 is fetched from the Debian archive, and the apt sources of this machine "
        f"({release.get('PRETTY_NAME', 'unknown system')}) name no Debian mirror",
        "Either give one, make demo DEBIAN_MIRROR=<its address> (with the package "
        "debian-archive-keyring installed), "
        "or an Odoo 19 source tree of your own, make demo ODOO_DIR=/path/to/odoo.",
    )


def _is_debian(uri):
    return re.search(r"/debian/?$", uri) or "debian" in uri and "ubuntu" not in uri


def require_tools():
    """Refuse early when the machine has no apt or dpkg."""
    for tool in ("apt-get", "apt-cache", "dpkg"):
        if not shutil.which(tool):
            raise Problem(
                f"{tool} is not on this machine, so Odoo can't be fetched as a Debian package",
                "Give an Odoo 19 source tree of your own: make demo ODOO_DIR=/path/to/odoo.",
            )


class Apt:
    """A private apt: own sources, lists and archives below `folder`."""

    def __init__(self, folder, sources, log):
        """`sources` are triples (uri, suites, keyring); `log` takes what apt says."""
        self.folder, self.sources, self.log = folder, sources, log

    def update(self):
        """Fetch the package lists."""
        require_tools()
        for name in (
            "etc/sources.list.d",
            "etc/apt.conf.d",
            "lists/partial",
            "cache/archives/partial",
        ):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "apt.conf").write_text(self._configuration())
        (self.folder / "etc/sources.list.d/debian.sources").write_text("\n".join(map(self._stanza, self.sources)))
        say("apt: reading the package lists")
        self._run(["apt-get", "-q", "update", "--error-on=any"], "Reading Debian's package lists")

    def candidate(self, package):
        """The version that would be downloaded, or None."""
        text = self._run(["apt-cache", "policy", package], f"Looking up {package}")
        match = re.search(r"Candidate: (\S+)", text)
        return match.group(1) if match and match.group(1) != "(none)" else None

    def download(self, packages, into):
        """Download packages as .deb files into a folder; their paths."""
        into.mkdir(parents=True, exist_ok=True)
        self._run(["apt-get", "-q", "download", *packages], f"Downloading {' '.join(packages)}", cwd=into)
        return sorted(into.glob("*.deb"))

    def missing_closure(self, package):
        """The package and whatever of its dependencies this machine has not installed, as names."""
        text = self._run(
            ["apt-get", "-s", "-q", "--no-install-recommends", "install", package],
            f"Working out what {package} needs",
        )
        return re.findall(r"(?m)^Inst (\S+)", text)

    def _run(self, command, what, cwd=None):
        env = {**os.environ, "APT_CONFIG": str(self.folder / "apt.conf"), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=cwd, check=False)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a") as log:
            log.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}")
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.startswith("E:")] or done.stderr.splitlines()[
                -3:
            ]
            raise Problem(
                f"{what} failed: {' '.join(lines)[:600]}",
                f"Is the network up? Details are in {self.log}; the next run goes on from here.",
            )
        return done.stdout

    def _configuration(self):
        """Our folders, plus the machine's ways to the network (proxies, certificates, logins)."""
        dump = subprocess.run(["apt-config", "dump", "Acquire"], capture_output=True, text=True, check=True).stdout
        network = [
            line for line in dump.splitlines() if re.match(r"Acquire::(https?|ftp|Retries|ForceIPv[46])\b", line)
        ]
        return "\n".join(
            [
                f'Dir::Etc "{self.folder}/etc";',
                'Dir::Etc::sourcelist "/dev/null";',
                f'Dir::Etc::sourceparts "{self.folder}/etc/sources.list.d";',
                'Dir::Etc::netrc "/etc/apt/auth.conf";',
                'Dir::Etc::netrcparts "/etc/apt/auth.conf.d";',
                'Dir::Etc::trusted "/etc/apt/trusted.gpg";',
                'Dir::Etc::trustedparts "/etc/apt/trusted.gpg.d";',
                f'Dir::State::lists "{self.folder}/lists";',
                f'Dir::State::extended_states "{self.folder}/extended_states";',
                f'Dir::Cache "{self.folder}/cache";',
                'APT::Sandbox::User "";',
                'APT::Install-Recommends "false";',
                'Acquire::Languages "none";',
                # For mirrors and clocks that lag behind; signatures are still checked.
                'Acquire::Check-Valid-Until "false";',
                'Acquire::Check-Date "false";',
                *network,
                "",
            ]
        )

    @staticmethod
    def _stanza(source):
        uri, suites, keyring = source
        signed = f"Signed-By: {keyring}\n" if keyring else ""
        return f"Types: deb\nURIs: {uri}\nSuites: {suites}\nComponents: main\n{signed}"


def unpack(deb, into):
    """Unpack a .deb (dpkg -x: no installation, no scripts)."""
    done = subprocess.run(["dpkg", "-x", str(deb), str(into)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"Unpacking {deb.name} failed: {done.stderr.strip()}", "Is the disk full?")


def relocate_links(tree):
    """Make absolute symlinks into the unpacked tree relative; returns links that lead nowhere."""
    dangling = []
    for folder, folders, files in os.walk(tree):
        for name in [*folders, *files]:
            path = Path(folder, name)
            if not path.is_symlink():
                continue
            target = os.readlink(path)
            inside = Path(tree, target.lstrip("/"))
            if target.startswith("/") and os.path.lexists(inside):
                path.unlink()
                path.symlink_to(os.path.relpath(inside, path.parent))
            if not path.exists():
                dangling.append(path)
    return dangling
