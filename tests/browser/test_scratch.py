import os, re, time
import pytest
from pathlib import Path
from tests.browser.tour import tour
OUT = Path("/tmp/bt/shots")
@pytest.mark.parametrize("lang", ["id", "en"])
def test_shots(server, visit, lang):
    page = visit(server, f"/{lang}/")
    OUT.mkdir(parents=True, exist_ok=True)
    t=time.time(); n=0
    for name in tour(page, server, lang):
        n+=1
        f = re.sub(r"\W+", "-", name)
        if os.environ.get("SHOTS"):
            for scheme, w in (("light",360),("light",1280),("dark",360),("dark",1280)):
                page.emulate_media(color_scheme=scheme); page.set_viewport_size({"width":w,"height":900})
                page.screenshot(path=OUT/f"{f}.{lang}.{scheme}.{w}.png", full_page=True)
            page.emulate_media(color_scheme="light")
    print(n, time.time()-t)
