"""A thousand transcripts, ten million characters: read into turns and redacted.

python benchmarks/interviews_reading.py
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

from cjmkit import interviews as iv

SAID = {
    "ru": (
        "Мы долго выбирали, потому что застройщиков много, а отзывов почти нет.",
        "Ну, в общем, ждали неделю, никто не перезвонил, и мы пошли к другим.",
        "В 2025 году цена была 3 500 000 рублей, в 10:30 мы уже стояли в офисе.",
        "Ключи дали в срок, приёмка прошла спокойно, трещину зашпаклевали.",
    ),
    "en": (
        "We looked around for weeks, because there are many of them and hardly any reviews.",
        "So, you know, we waited for a week, nobody called, and we went elsewhere.",
        "In 2025 it was 3,500 a month, and at 10:30 we were already there.",
        "The box came on Monday when nobody was in, and the lady next door took it.",
    ),
}
PRIVATE = {
    "ru": (
        "Позвонил Иван Петров с номера +7 916 123-45-67.",
        "Живём на ул. Ленина, д. 5, кв. 7.",
        "Потом я написала на почту sales@example.ru, и Ольге Смирновой тоже.",
    ),
    "en": (
        "John Smith rang from (555) 123-4567.",
        "We live at 12 Baker Street, Flat 3.",
        "Then I wrote to sales@example.com and to @anna_k as well.",
    ),
}


def write(folder: Path, files: int, characters: int) -> int:
    rng = random.Random(0)
    size = 0
    for k in range(files):
        lang = "ru" if k % 2 else "en"
        who = ("Интервьюер", "Респондент") if lang == "ru" else ("Interviewer", "Anna")
        parts, n = [], 0
        while n < characters // files:
            q = f"{who[0]}: {rng.choice(SAID[lang])}\n"
            said = [rng.choice(SAID[lang]) for _ in range(4)]
            # One answer in ten gives somebody away.
            if rng.random() < 0.1:
                said.insert(2, rng.choice(PRIVATE[lang]))
            a = f"{who[1]}: {' '.join(said)}\n"
            parts += [q, a]
            n += len(q) + len(a)
        raw = "".join(parts).encode()
        (folder / f"p{k:04d}.txt").write_bytes(raw)
        size += len(raw)
    return size


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = write(folder, 1000, 10_000_000)
        iv.redact(iv.read(folder / "p0000.txt"))  # imports done
        t0, c0 = time.perf_counter(), time.process_time()
        read = iv.read(folder)
        t1, c1 = time.perf_counter(), time.process_time()
        got = iv.redact(read, names=["Иван Петров", "Ольга Смирнова", "John Smith", "Мария", "Kate"], recogniser=None)
        t2, c2 = time.perf_counter(), time.process_time()
        characters = int(read.documents["text"].str.len().sum())
        turns, masked = len(read.turns), int(got.report["times"].sum())
    mb = size / 1e6
    lines = [
        f"{len(read.documents):,} files, {characters:,} characters, {mb:.1f} MB of UTF-8, {turns:,} turns, "
        f"{masked:,} things masked",
        "",
        "| step | seconds | of the processor | MB per processor second | million characters per processor second |",
        "|---|---|---|---|---|",
        *(
            f"| {step} | {wall:.2f} | {cpu:.2f} | {mb / cpu:.1f} | {characters / 1e6 / cpu:.1f} |"
            for step, wall, cpu in (
                ("read", t1 - t0, c1 - c0),
                ("redact", t2 - t1, c2 - c1),
                ("both", t2 - t0, c2 - c0),
            )
        ),
    ]
    text = "# Reading and redacting transcripts\n\n" + "\n".join(lines) + "\n"
    print(text)
    target = Path(__file__).parent / "results" / "interviews_reading.md"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
