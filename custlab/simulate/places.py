"""Regions, provinces and cities of China, with the city tier as the trade counts it.

Tier 1 = the four first-tier cities, 2 = "new tier 1", 3 = second tier, 4 = third tier and below.
The weight is a rough size of the city's market, in millions of people.
"""

import numpy as np

from .streams import pick

CITIES = (
    # region, province, city, tier, weight
    ("North", "Beijing", "Beijing", 1, 21.8),
    ("East", "Shanghai", "Shanghai", 1, 24.9),
    ("South", "Guangdong", "Guangzhou", 1, 18.8),
    ("South", "Guangdong", "Shenzhen", 1, 17.7),
    ("North", "Tianjin", "Tianjin", 2, 13.6),
    ("East", "Zhejiang", "Hangzhou", 2, 12.4),
    ("East", "Zhejiang", "Ningbo", 2, 9.6),
    ("East", "Jiangsu", "Nanjing", 2, 9.5),
    ("East", "Jiangsu", "Suzhou", 2, 12.9),
    ("East", "Shandong", "Qingdao", 2, 10.3),
    ("East", "Anhui", "Hefei", 2, 9.6),
    ("South", "Guangdong", "Dongguan", 2, 10.4),
    ("Central", "Hubei", "Wuhan", 2, 13.7),
    ("Central", "Hunan", "Changsha", 2, 10.4),
    ("Central", "Henan", "Zhengzhou", 2, 12.8),
    ("Southwest", "Sichuan", "Chengdu", 2, 21.3),
    ("Southwest", "Chongqing", "Chongqing", 2, 21.0),
    ("Northwest", "Shaanxi", "Xi'an", 2, 13.0),
    ("North", "Hebei", "Shijiazhuang", 3, 11.2),
    ("North", "Shanxi", "Taiyuan", 3, 5.4),
    ("Northeast", "Liaoning", "Shenyang", 3, 9.1),
    ("Northeast", "Liaoning", "Dalian", 3, 7.5),
    ("Northeast", "Jilin", "Changchun", 3, 9.1),
    ("Northeast", "Heilongjiang", "Harbin", 3, 9.9),
    ("East", "Shandong", "Jinan", 3, 9.4),
    ("East", "Fujian", "Fuzhou", 3, 8.4),
    ("East", "Fujian", "Xiamen", 3, 5.3),
    ("East", "Jiangxi", "Nanchang", 3, 6.5),
    ("South", "Guangxi", "Nanning", 3, 8.9),
    ("South", "Hainan", "Haikou", 3, 2.9),
    ("Southwest", "Yunnan", "Kunming", 3, 8.6),
    ("Southwest", "Guizhou", "Guiyang", 3, 6.2),
    ("Northwest", "Gansu", "Lanzhou", 3, 4.4),
    ("Northwest", "Xinjiang", "Urumqi", 3, 4.1),
    ("North", "Hebei", "Handan", 4, 9.3),
    ("North", "Shanxi", "Linfen", 4, 3.9),
    ("North", "Inner Mongolia", "Baotou", 4, 2.7),
    ("Northeast", "Liaoning", "Anshan", 4, 3.3),
    ("Northeast", "Heilongjiang", "Qiqihar", 4, 4.0),
    ("East", "Shandong", "Linyi", 4, 11.0),
    ("East", "Jiangsu", "Yancheng", 4, 6.7),
    ("East", "Anhui", "Fuyang", 4, 8.1),
    ("East", "Jiangxi", "Ganzhou", 4, 9.0),
    ("Central", "Henan", "Nanyang", 4, 9.6),
    ("Central", "Henan", "Zhoukou", 4, 8.8),
    ("Central", "Hubei", "Xiangyang", 4, 5.3),
    ("Central", "Hunan", "Hengyang", 4, 6.6),
    ("South", "Guangdong", "Zhanjiang", 4, 7.0),
    ("South", "Guangxi", "Yulin", 4, 5.8),
    ("Southwest", "Sichuan", "Mianyang", 4, 4.9),
    ("Southwest", "Guizhou", "Zunyi", 4, 6.6),
    ("Southwest", "Yunnan", "Qujing", 4, 5.7),
    ("Northwest", "Shaanxi", "Baoji", 4, 3.3),
    ("Northwest", "Ningxia", "Yinchuan", 4, 2.9),
    ("Northwest", "Qinghai", "Xining", 4, 2.5),
)

REGIONS = ("North", "Northeast", "East", "Central", "South", "Southwest", "Northwest")


def draw_places(rng, tier_shares, region_lean):
    """Draw a city for each customer from its segment's tier shares and regional lean.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    tier_shares : array of shape (customers, 4)
        Share of each city tier.
    region_lean : array of shape (customers, 7)
        Weight of each region in the order of `REGIONS` (1 = as its size).

    Returns
    -------
    dict of arrays
        region, province, city, city_tier.
    """
    tiers = np.array([city[3] for city in CITIES])
    sizes = np.array([city[4] for city in CITIES])
    regions = np.array([REGIONS.index(city[0]) for city in CITIES])
    within_tier = sizes / np.bincount(tiers, weights=sizes)[tiers]
    weights = tier_shares[:, tiers - 1] * within_tier * region_lean[:, regions]
    index = pick(rng, weights)
    columns = list(zip(*CITIES, strict=True))
    return {
        "region": np.array(columns[0], dtype=object)[index],
        "province": np.array(columns[1], dtype=object)[index],
        "city": np.array(columns[2], dtype=object)[index],
        "city_tier": tiers[index],
    }
