"""Pictures of ads: opened without harm, read, and compared with pictures that are known.

containers    the bytes: which format they are, and whether they are one format only
opening       bytes to pixels, within limits
reading       text in the picture, and whether there is much of it
codes         QR and bar codes
fingerprint   what makes a picture recognisable after edits
placing       where a known picture lies in another
alignment     whether it does, and how surely
buckets       which known marks are near a mark, without asking all
bank          known pictures: kept, saved, looked up
faces         protected people's faces, where the operator supplies the models
look          all of it for one picture
"""
