"""Real files of every kind for the tests, and files that pretend or attack."""

import io
import zipfile
import zlib

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

# The EICAR test string, in two parts so that a scanner on the developer's machine leaves this file alone.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "teal", **options: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **options)
    return file.getvalue()


def with_place(size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    """A photograph that says where and with which telephone it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Telefon Siti"
    exif.get_ifd(0x8825)[2] = (6.0, 12.0, 30.0)
    return picture(size=size, exif=exif, comment=b"Telefon Siti", **options)


def in_mode(mode: str, colour: object, kind: str = "PNG") -> bytes:
    """A picture of one colour in one of the ways in which pixels are kept."""
    file = io.BytesIO()
    Image.new(mode, (64, 48), colour).save(file, kind)  # type: ignore[arg-type]
    return file.getvalue()


def with_text() -> bytes:
    """A screenshot that says in words whose it is."""
    about = PngInfo()
    about.add_text("Author", "Siti Rahmawati")
    about.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>Siti</x:xmpmeta>")
    return picture("PNG", pnginfo=about)


def noise(pixels: int) -> bytes:
    """A PNG that does not compress: about three bytes a pixel."""
    side = int(pixels**0.5)
    file = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(file, "PNG", compress_level=1)
    return file.getvalue()


def pdf(pages: int = 1, *, password: str | None = None, javascript: bool = False) -> bytes:
    file = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(200, 200))
        if javascript:
            made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        how = pikepdf.Encryption(owner=password, user=password) if password else False
        made.save(file, encryption=how, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()


def pdf_of_size(*box: float) -> bytes:
    """A page with a black half that says it is as large as this box."""
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        page = made.pages[0].obj
        page.MediaBox = pikepdf.Array(box)
        page.Contents = made.make_stream(f"0 0 {(box[0] + box[2]) / 2} {box[3]} re f".encode())
        made.save(file)
    return file.getvalue()


def endless_pdf() -> bytes:
    """A page of three kilobytes that draws a square 30^12 times: in each form the one before it, thirty times."""
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        Name, Dict = pikepdf.Name, pikepdf.Dictionary
        last = made.make_stream(b"0 0 100 100 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 200])
        for _ in range(12):
            last = made.make_stream(
                b"/X Do\n" * 30, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 200],
                Resources=Dict(XObject=Dict(X=last)),
            )  # fmt: skip
        made.pages[0].obj.Resources = Dict(XObject=Dict(X=last))
        made.pages[0].obj.Contents = made.make_stream(b"/X Do")
        made.save(file)
    return file.getvalue()


def armed_pdf() -> bytes:
    """A statement of two pages that acts, carries, points and describes in every way that PDF knows."""
    Name, Array, Dict = pikepdf.Name, pikepdf.Array, pikepdf.Dictionary
    with pikepdf.new() as made:
        script = Dict(S=Name.JavaScript, JS="app.alert('geheim')")
        drawn = made.make_stream(b"BT /AA 12 Tf 20 100 Td (Saldo Rp7.654.321) Tj ET /Photo Do")
        for _ in range(2):
            made.add_blank_page(page_size=(200, 200))
        first, second = (page.obj for page in made.pages)
        # What all pages have in common stands above them; a font may bear any name.
        font = made.make_indirect(Dict(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        photo = made.make_stream(
            with_place(), Type=Name.XObject, Subtype=Name.Image, Width=64, Height=48, ColorSpace=Name.DeviceRGB,
            BitsPerComponent=8, Filter=Name.DCTDecode,
        )  # fmt: skip
        photo.Metadata = made.make_stream(b"<x:xmpmeta>Telefon Siti</x:xmpmeta>", Type=Name.Metadata)
        photo.AF = Array([Dict(Type=Name.Filespec, EF=Dict(F=made.make_stream(EICAR, Type=Name.EmbeddedFile)))])
        made.Root.Pages.Resources = Dict(Font=Dict(AA=font), XObject=Dict(Photo=photo))
        made.Root.Pages.Rotate = 90
        for page in (first, second):
            page.Contents = drawn
            del page["/Resources"]
        filled = made.make_stream(b"BT /AA 9 Tf (diisi Siti) Tj ET", Type=Name.XObject, Subtype=Name.Form)
        filled.BBox, filled.Resources = Array([0, 0, 90, 20]), Dict(Font=Dict(AA=font))
        field = Dict(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="saldo", V="diisi Siti", F=4, AP=Dict(N=filled),
            Rect=Array([10, 10, 100, 30]), AA=Dict(K=script),
        )  # fmt: skip
        link = Dict(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array([0, 0, 9, 9]),
            A=Dict(S=Name.URI, URI="http://jahat.example/"),
        )
        first.Annots = Array([made.make_indirect(field), made.make_indirect(link)])
        first.AA = Dict(O=Dict(S=Name.Launch, F="jahat.exe"))
        first.PieceInfo = Dict(Private="geheim")
        made.Root.AcroForm = Dict(Fields=Array([first.Annots[0]]), XFA=made.make_stream(b"<xdp/>"))
        made.Root.OpenAction = script
        made.Root.Names = Dict(JavaScript=Dict(Names=Array(["a", script])))
        made.attachments["jahat.exe"] = EICAR
        made.docinfo["/Author"] = "Siti Rahmawati"
        file = io.BytesIO()
        made.save(file, compress_streams=False)
    return file.getvalue()


def with_attachment(content: bytes) -> bytes:
    """A PDF with an attached file as qpdf writes it: packed, its checksum named before its filter."""
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.attachments["lampiran"] = content
        made.save(file)
    return file.getvalue()


def with_script(script: bytes) -> bytes:
    """A PDF whose script is kept packed in a stream."""
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=made.make_stream(script))
        made.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()


def archive(content: bytes = b"x") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mutasi.txt", content)
    return file.getvalue()


def pixel_bomb(side: int = 50_000) -> bytes:
    """A PNG of a few kilobytes that says it has billions of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    body = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def canvas_bomb() -> bytes:
    """An animated WebP of one tiny frame that says its canvas has the most pixels there can be."""
    one, two = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue"))
    file = io.BytesIO()
    one.save(file, "WEBP", save_all=True, append_images=[two])
    content = bytearray(file.getvalue())
    at = content.index(b"VP8X") + 12
    content[at : at + 6] = (16_382).to_bytes(3, "little") * 2
    return bytes(content)


def heic() -> bytes:
    """A photograph as iPhones make them; decoders cannot make one, so this one is kept as a file."""
    from pathlib import Path

    return Path(__file__).with_name("photo.heic").read_bytes()


def object_bomb(objects: int = 210_000) -> bytes:
    """A PDF of a few pages' size that has more objects than a thick file of statements."""
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.Root.Many = pikepdf.Array([made.make_indirect(pikepdf.Dictionary(N=n)) for n in range(objects)])
        made.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()
