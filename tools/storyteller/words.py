"""Word lists of the storyteller's closed world (English and Chinese, index-aligned only by length).

Every entry is meant to be one token, so that an answer can be looked up with one glance.
"""
EN_F = "Lily Anna Mia Emma Rose Lucy Sara Nina Ella Ruby Grace Clara Zoe Ivy Molly Daisy Alice Kate Amy Jane".split()
EN_M = "Tom Ben Max Sam Jack Leo Tim Dan Bob Finn Hugo Oscar Peter Luke Noah Adam Felix Henry Paul Toby".split()
EN_NAMES = EN_F + EN_M
EN_THINGS = ("ball kite drum book cup hat key bell box shell coat lamp boat doll ring stone flower basket "
             "feather coin spoon scarf button candle brush bottle map clock mirror ribbon robot balloon "
             "whistle pencil bucket blanket leaf flute shoe bag").split()
EN_PLACES = ("in the kitchen|in the garden|in the park|in the forest|in the barn|in the cave|in the school|"
             "in the library|in the tower|in the castle|in the attic|in the cellar|in the meadow|in the shop|"
             "in the village|in the bakery|at the market|at the beach|at the station|at the farm|at the lake|"
             "at the harbour|by the river|by the pond|by the well|on the hill|on the bridge|on the roof|"
             "on the island|under the tree|under the table|under the bed").split("|")
EN_COLOURS = "red blue green yellow white black brown pink purple golden silver grey".split()
EN_FOODS = ("apples pears plums grapes bread cheese honey soup rice cake cookies carrots noodles berries "
            "peaches eggs nuts jam corn tea").split()
# past, base
EN_VERBS = [("found", "find"), ("saw", "see"), ("lost", "lose"), ("hid", "hide"), ("made", "make"),
            ("drew", "draw"), ("dropped", "drop"), ("washed", "wash"), ("kept", "keep"), ("bought", "buy")]

ZH_NAMES = ("小明 小红 小华 小丽 小刚 小芳 小军 小美 小强 小雨 小雪 小龙 小虎 小兔 小熊 小猫 小狗 小鹿 小燕 小梅 "
            "乐乐 天天 豆豆 圆圆 朵朵 明明 丁丁 冬冬 贝贝 可可 阿宝 阿福 阿兰 阿牛 阿杰 安安 佳佳 心心 多多 宁宁").split()
ZH_THINGS = ("个:球 只:风筝 个:鼓 本:书 个:杯子 顶:帽子 把:钥匙 个:铃铛 个:盒子 个:贝壳 件:外套 盏:灯 只:小船 个:娃娃 "
             "枚:戒指 块:石头 朵:花 个:篮子 根:羽毛 枚:硬币 把:勺子 条:围巾 颗:扣子 根:蜡烛 把:刷子 个:瓶子 张:地图 个:闹钟 "
             "面:镜子 条:丝带 个:机器人 个:气球 个:哨子 支:铅笔 个:水桶 条:毯子 片:叶子 支:笛子 只:鞋子 个:书包").split()
ZH_PLACES = ("厨房里 花园里 公园里 森林里 谷仓里 山洞里 学校里 图书馆里 高塔里 城堡里 阁楼里 地窖里 草地上 商店里 "
             "村子里 面包店里 市场里 沙滩上 车站里 农场里 湖边 码头上 河边 池塘边 水井边 山坡上 桥上 屋顶上 "
             "小岛上 大树下 桌子下 床底下").split()
ZH_COLOURS = "红色 蓝色 绿色 黄色 白色 黑色 棕色 粉色 紫色 金色 银色 灰色".split()
ZH_FOODS = "苹果 梨子 李子 葡萄 面包 奶酪 蜂蜜 热汤 米饭 蛋糕 饼干 萝卜 面条 草莓 桃子 鸡蛋 坚果 果酱 玉米 绿茶".split()
ZH_VERBS = "找到 看见 弄丢 藏起 做好 画出 捡到 洗净 收好 买下".split()

NONE = {"en": "The story does not say.", "zh": "故事里没有说。"}
SIZES = dict(name=len(EN_NAMES), thing=len(EN_THINGS), place=len(EN_PLACES))
assert len(EN_NAMES) == len(ZH_NAMES) and len(EN_THINGS) == len(ZH_THINGS) and len(EN_PLACES) == len(ZH_PLACES)
assert len(EN_COLOURS) == len(ZH_COLOURS) and len(EN_FOODS) == len(ZH_FOODS) and len(EN_VERBS) == len(ZH_VERBS)
