"""Names of the themes that give nothing away: everyday interests, put together from three short lists."""

from typing import Final


def _lists(**tiers: str) -> dict[str, tuple[str, ...]]:
    """Words that stand between commas, for each tier."""
    return {tier: tuple(words.split(", ")) for tier, words in tiers.items()}


PLACES: Final[tuple[tuple[str, str], ...]] = (
    ("Seoul", "서울"),
    ("Busan", "부산"),
    ("Incheon", "인천"),
    ("Daegu", "대구"),
    ("Daejeon", "대전"),
    ("Gwangju", "광주"),
    ("Ulsan", "울산"),
    ("Suwon", "수원"),
    ("Jeonju", "전주"),
    ("Gangneung", "강릉"),
    ("Sokcho", "속초"),
    ("Chuncheon", "춘천"),
    ("Cheongju", "청주"),
    ("Pohang", "포항"),
    ("Yeosu", "여수"),
    ("Mokpo", "목포"),
    ("Tongyeong", "통영"),
    ("Jeju", "제주"),
    ("Gyeongju", "경주"),
    ("Andong", "안동"),
    ("Paju", "파주"),
    ("Icheon", "이천"),
    ("Changwon", "창원"),
    ("Gumi", "구미"),
)

TOPICS_EN: Final = _lists(
    Food=(
        "Kimchi, Bread, Noodle, Coffee, Green tea, Seafood, Barbecue, Rice cake, Dumpling, Chocolate, "
        "Pizza, Ice cream, Fruit, Soup, Sandwich"
    ),
    Outdoors=(
        "Camping, Fishing, Hiking, Cycling, Kayak, Climbing, Surfing, Skiing, Tent, Trail running, "
        "Snowboard, Birdwatching, Picnic, Golf"
    ),
    Home=(
        "Furniture, Curtain, Lamp, Sofa, Kitchen knife, Bookshelf, Bedding, Carpet, Mirror, "
        "Houseplant, Balcony garden, Wallpaper, Air purifier, Vacuum cleaner, Rice cooker"
    ),
    Technology=(
        "Laptop, Smartphone, Keyboard, Headphone, Camera, Drone, Tablet, Smartwatch, Printer, "
        "Monitor, Router, Projector, Memory card, Gaming console, 3D printer"
    ),
    Vehicles=(
        "Electric car, Motorcycle, Used car, Tyre, Car stereo, Scooter, Truck, Dashcam, Bicycle, "
        "Campervan, Car wash, Motor oil"
    ),
    Fashion=(
        "Sneaker, Handbag, Denim, Raincoat, Wool sweater, Wristwatch, Sunglasses, Backpack, Necktie, "
        "Umbrella, Winter glove, Linen shirt, Leather boot"
    ),
    Leisure=(
        "Board game, Jigsaw puzzle, Film photography, Guitar, Piano, Drum kit, Watercolour, Pottery, "
        "Knitting, Calligraphy pen, Comic book, Crime novel, Animation film, Karaoke, Baseball, "
        "Football, Basketball, Table tennis, Badminton, Volleyball"
    ),
    Travel=(
        "Hotel, Guesthouse, Train trip, Island ferry, Night market, Museum, Aquarium, City bus tour, "
        "Airport lounge, Suitcase, Beach, Lakeside, Flight deal"
    ),
)

FACETS_EN: Final = (
    *("fans", "shopping", "reviews", "deals", "beginners", "videos", "workshops", "brands", "collectors"),
    *("repair", "accessories", "rental", "magazines", "gift ideas", "news", "design", "history", "photos"),
    *("second-hand", "clubs", "how-to", "trends", "stores", "exhibitions", "prices", "lovers", "tips"),
)

TOPICS_KO: Final = _lists(
    Food="김치, 떡볶이, 라면, 커피, 빵, 해산물, 삼겹살, 만두, 과일, 아이스크림, 초콜릿, 국수",
    Outdoors="캠핑, 낚시, 등산, 자전거, 서핑, 스키, 골프, 텐트, 피크닉",
    Home="가구, 커튼, 조명, 소파, 주방 칼, 책장, 침구, 카펫, 공기청정기, 전기밥솥",
    Technology="노트북, 스마트폰, 키보드, 이어폰, 카메라, 드론, 태블릿, 프린터, 모니터",
    Vehicles="전기차, 오토바이, 중고차, 타이어, 블랙박스, 스쿠터, 트럭",
    Fashion="운동화, 핸드백, 청바지, 스웨터, 손목시계, 선글라스, 배낭, 우산",
    Leisure="보드게임, 퍼즐, 기타 연주, 피아노, 수채화, 뜨개질, 만화책, 노래방, 야구, 축구, 농구",
    Travel="호텔, 펜션, 기차 여행, 야시장, 박물관, 수족관, 해변, 항공권",
)

FACETS_KO: Final = (
    "할인",
    "후기",
    "추천",
    "용품",
    "초보",
    "영상",
    "브랜드",
    "동호회",
    "중고",
    "대여",
    "선물",
    "매장",
    "소식",
)

ADVERTISER_WORDS: Final = (
    "Hanbit",
    "Saebyeok",
    "Pureun",
    "Maru",
    "Onnuri",
    "Dasom",
    "Garam",
    "Nuri",
    "Haneul",
    "Bada",
)
ADVERTISER_TRADES: Final = (
    "Travel",
    "Foods",
    "Media",
    "Motors",
    "Books",
    "Electronics",
    "Living",
    "Sports",
    "Telecom",
)
